# shellcheck shell=bash disable=SC2154,SC2016
# SPDX-License-Identifier: MIT
# The journal of shell-site and what it says about it: each answer is on disk before it is sent.

# --- speaking ---

# publish TOPIC [-r]: sends standard input; true once the broker has it.
publish() { timeout 10 mosquitto_pub -h "$host" -p "$port" -k 20 -q 1 -s -t "$@" 2>/dev/null; }

presence() {
  jq -ncj --arg state "$1" --arg journal "$journal" --argjson boot "$boot" --arg since "$since" \
    --arg parents "$parents" --arg offers "$offers" --arg labels "$labels" '
    def words: split(",") | map(select(. != ""));
    {v: 1, state: $state, journal: $journal, boot: $boot, version: "shell-site 1", parents: ($parents | words),
     labels: ($labels | words | map(split("=") | {(.[0]): (.[1:] | join("="))}) | add // {}),
     offers: ($offers | words), arrays: false, since: $since}'
}

# At each connect: here I am, and what could not be said while there was no connection.
greet() {
  local parent unsettled task
  presence online | publish "$root/$name/presence" -r
  for parent in ${parents//,/ }; do
    unsettled=("$dir/tasks/$parent"/*/unsettled)
    jq -ncj --arg journal "$journal" --argjson boot "$boot" --argjson n "${#unsettled[@]}" --arg at "$(now_text)" \
      '{v: 1, journal: $journal, boot: $boot, unsettled: $n, at: $at}' | publish "$root/$parent/hello/$name"
    for task in "${unsettled[@]}"; do
      load "${task%/unsettled}"
      if is_final; then tell "${task%/unsettled}"; fi
    done
  done
}

# The reply that the loaded answer is, as JSON.
reply_text() {
  local outputs=/dev/null
  if [ "${answer[state]}" = 'done' ]; then outputs="$1/outputs.json"; fi
  jq -ncj --arg id "${1##*/}" --argjson attempt "${answer[attempt]}" --arg state "${answer[state]}" \
    --argjson status "${answer[status]}" --arg error "${answer[error]}" --slurpfile outputs "$outputs" \
    --arg journal "$journal" --argjson boot "$boot" --arg at "$(now_text)" '
    {v: 1, id: $id, attempt: $attempt, state: $state, status: $status}
    + (if $outputs != [] then {outputs: $outputs[0]} else {} end)
    + (if $error != "" then {error: $error} else {} end) + {journal: $journal, boot: $boot, at: $at}'
}

# Sends the task's latest answer; `unsettled` goes once a final one has left. Before the first connect nothing is said:
# first comes the hello.
tell() {
  local origin="${1%/*}"
  [ -n "$connected" ] || return 0
  load "$1"
  if ! reply_text "$1" | publish "$root/${origin##*/}/reply/$name"; then
    say "the answer on ${1##*/} could not be told"
  elif is_final; then
    rm -f "$1/unsettled"
  fi
}

# A refusal that is remembered nowhere: for those whose word is not worth a file.
refuse_stranger() {
  jq -ncj --arg id "$2" --argjson attempt "$3" --arg journal "$journal" --argjson boot "$boot" --arg at "$(now_text)" \
    --arg error "$name takes no commands from $1" '{v: 1, id: $id, attempt: $attempt, state: "rejected", status: 403,
    error: $error, journal: $journal, boot: $boot, at: $at}' | publish "$root/$1/reply/$name"
}

# --- the journal ---

declare -A answer=()

# load TASK: its latest answer is in `answer`; attempt 0 is a task never heard of.
load() {
  local key value
  answer=([attempt]=0 [state]='' [status]=0 [deadline]=0 [tombstone]='' [error]='')
  if [ -s "$1/answer" ]; then
    while IFS='=' read -r key value; do answer[$key]="$value"; done <"$1/answer"
  fi
}

is_final() { case "${answer[state]}" in done | failed | rejected | cancelled) ;; *) return 1 ;; esac; }

# save TASK: `answer` is on disk when this returns; without that the site may not go on.
save() {
  local key
  for key in attempt state status deadline tombstone error; do printf '%s=%s\n' "$key" "${answer[$key]}"; done |
    store "$1/answer" || { say "cannot write $1/answer"; exit 1; }
}

# settle TASK STATE STATUS [ERROR]: the final answer, or 413 when it is too large to be one. Outputs are in outputs.json.
settle() {
  local size
  answer[state]="$2" answer[status]="$3" answer[error]="${4:-}"
  size="$(reply_text "$1" | wc -c)"
  if [ "$size" -gt "$reply_limit" ]; then
    answer[state]=failed answer[status]=413
    answer[error]="the reply has $size bytes, and at most $reply_limit may be sent"
  fi
  : >"$1/unsettled"
  save "$1"
  tell "$1"
}

# The origin's clock counts for deadlines: its latest `at` against our own time.
learn_clock() {
  local known=0
  [ "$2" -gt 0 ] || return 0
  read -r known _ 2>/dev/null <"$dir/tasks/$1/clock"
  if [ "$2" -gt "$known" ]; then mkdir -p "$dir/tasks/$1" && echo "$2 $(($2 - $(now_ms)))" | store "$dir/tasks/$1/clock"; fi
}

origin_now() {
  local offset=0
  read -r _ offset 2>/dev/null <"$dir/tasks/$1/clock"
  echo $(($(now_ms) + offset))
}
