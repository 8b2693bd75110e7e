#!/usr/bin/env bash
# What a site runs for the stage `deploy` of multisite-rollout.yaml: writes the release into a file of this site and says so.
# A script gets the path of a JSON file with its inputs, and writes its outputs beside it.
set -euo pipefail
inputs=$1
outputs=${inputs%.json}-output.json

version=$(jq -r .version "$inputs")
line=$(jq -r .line "$inputs")
printf '%s %s\n' "$line" "$version" >> "$ANTIPHON_DATA/releases.txt"

jq -n --arg version "$version" --arg site "$ANTIPHON_SITE" \
  --argjson installed "$(wc -l < "$ANTIPHON_DATA/releases.txt")" \
  '{version: $version, site: $site, installed: $installed}' > "$outputs"
