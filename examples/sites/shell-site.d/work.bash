# shellcheck shell=bash disable=SC2154,SC2016
# SPDX-License-Identifier: MIT
# The work of shell-site: mock, delay and script, each run in a process group of its own that outlives a killed site.

# --- processes: a group each, known by pid and start time, so that a number used again is not mistaken for ours ---

# start_time PID: empty if there is no such process, or nothing but its body.
start_time() {
  local -a stat
  read -r -a stat <<<"$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null)"
  if [ "${stat[0]:-Z}" != Z ]; then echo "${stat[19]}"; fi
}

# group_lives FILE: is the process noted there the same one still?
group_lives() {
  local pid started
  [ -s "$1" ] && read -r pid started <"$1" && [ "$(start_time "$pid")" = "$started" ]
}

is_empty_group() {
  local pid
  for pid in $(pgrep -g "$1"); do [ -z "$(start_time "$pid")" ] || return 1; done
}

end_group() {
  local pid i
  group_lives "$1" || return 0
  read -r pid _ <"$1"
  kill -TERM -- "-$pid" 2>/dev/null
  for ((i = 0; i < 20; i++)); do is_empty_group "$pid" && return; sleep 0.05; done
  kill -KILL -- "-$pid" 2>/dev/null
}

# --- work ---

# Runs in a process group of its own; tells how it ended in run/result, then pokes the main loop.
work() {
  local task="$1" run="$1/run" status="$status_ok" error='' pid="$BASHPID" provider script
  echo "$pid $(start_time "$pid")" >"$run/process"
  provider="$(jq -r .provider "$task/command.json")"
  jq -c --arg origin "$(basename "${task%/*}")" '.inputs + {__origin: $origin}' "$task/command.json" >"$run/inputs.json"
  case "$provider" in
    mock)
      jq -c 'if has("foo") | not then . elif .foo == null or .foo == "" then .foo = 1
        elif .foo | tostring | test("^-?[0-9]+$") then .foo = (.foo | tonumber + 1) else . end' "$run/inputs.json" \
        >"$run/inputs-output.json" ;;
    delay) wait_out "$run" || { status=500; error="delay: expected seconds or a duration such as 1m30s"; } ;;
    script)
      script="$(jq -r '.config.script // ""' "$task/command.json")"
      if ! is_name "$script" || [ ! -x "$scripts/$script" ]; then
        status=404 error="there is no script '$script' here that may be run"
      else
        run_script </dev/null >"$run/stdout" 2>"$run/stderr"
        script_result $?
      fi ;;
  esac
  printf '%s\n%s\n' "$status" "${error//$'\n'/ }" | store "$run/result"
  echo "ended $task" 1<>"$dir/inbox"
}

# run_script and script_result see the variables of work.
run_script() (
  cd "$run" || exit
  ANTIPHON_SITE="$name" ANTIPHON_DATA="$dir/data" ANTIPHON_TASK="${task##*/}" ANTIPHON_ATTEMPT="${answer[attempt]}" \
    ANTIPHON_ACTIVATION="$(jq -r '.activation // ""' "$task/command.json")" exec "$scripts/$script" "$run/inputs.json"
)

# Outputs: the file, else the last line of standard output if that is an object; a script without either failed.
script_result() {
  local outputs="$run/inputs-output.json"
  if [ "$1" -ne 0 ]; then
    status=10036 error="script $script ended with $1: $(tail -n 1 "$run/stderr" | head -c 500)"
  elif [ ! -e "$outputs" ]; then
    { tail -n 1 "$run/stdout" | jq -c 'objects'; } >"$outputs" 2>/dev/null
    if [ ! -s "$outputs" ]; then status=10037 error="script $script left no outputs"; fi
  elif ! jq -e 'type == "object"' "$outputs" >/dev/null 2>&1; then
    status=10037 error="script $script left no JSON object in its output file"
  fi
}

# The time of the end stands in a file, so that a restart does not begin the wait anew.
wait_out() {
  local left
  if [ ! -s "$1/due" ]; then
    left="$(jq '.delay | if type == "number" then . elif test("^[0-9]+$") then tonumber
      elif test("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$") then
        [scan("([0-9.]+)(ms|s|m|h|d)") | (.[0] | tonumber) * {ms: 0.001, s: 1, m: 60, h: 3600, d: 86400}[.[1]]] | add
      else error("?") end | . * 1000 | floor' "$1/inputs.json" 2>/dev/null)" || return 1
    echo $(($(now_ms) + left)) | store "$1/due"
  fi
  left=$(($(<"$1/due") - $(now_ms)))
  echo '{}' >"$1/inputs-output.json"
  if [ "$left" -gt 0 ]; then sleep "$((left / 1000)).$(printf %03d $((left % 1000)))"; fi
}

begin() {
  # shellcheck disable=SC2034
  answer[state]=started answer[status]=$status_running
  save "$1"
  rm -f "$1/run/process" "$1/run/result"
  mkdir -p "$1/run"
  set -m
  work "$1" 9>&- &
  set +m
  tell "$1"
}

# Work that has left its result is settled by it; `answer` is that of the task afterwards.
conclude() {
  local status error
  load "$1"
  if is_final || [ ! -s "$1/run/result" ]; then return; fi
  { read -r status; read -r error; } <"$1/run/result"
  if [ "$status" -eq "$status_ok" ]; then
    mv -f "$1/run/inputs-output.json" "$1/outputs.json"
    settle "$1" 'done' "$status"
  else
    settle "$1" failed "$status" "$error"
  fi
}
