#!/usr/bin/env bash
# What approval-by-script.yaml asks: small amounts are approved by rule, others wait for an answer in a file of this plane,
# `approval.json` with {"approved": true, "by": "ann"} in ANTIPHON_DATA.
set -euo pipefail
inputs=$1
outputs=${inputs%.json}-output.json
answer=$ANTIPHON_DATA/approval.json

if [ "$(jq -r .amount "$inputs")" -lt 100 ]; then
  echo '{"approved": true, "by": "the rule for small amounts"}' > "$outputs"
  exit
fi
jq -r .question "$inputs" > "$ANTIPHON_DATA/question.txt"
until [ -s "$answer" ]; do sleep 1; done
jq '{approved, by}' "$answer" > "$outputs"
