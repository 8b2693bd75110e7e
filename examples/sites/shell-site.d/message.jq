# SPDX-License-Identifier: MIT
# What a message of mosquitto_sub's %j form says, as two lines: the fields of interest with tabs between (kind, id, attempt,
# provider, deadline, at, flaw), and the whole object. Nothing if it says nothing that could be answered.

def clock: if type == "number" then floor else
  capture("^(?<d>[0-9-]{10})[Tt ](?<t>[0-9:]{8})(?<f>\\.[0-9]+)?(?<z>[Zz]|[+-][0-9]{2}:[0-9]{2})$")
  | (.d + "T" + .t + "Z" | fromdateiso8601) * 1000 + ("0" + (.f // ".0") | tonumber * 1000 | floor)
    - (if .z | test("[Zz]") then 0
       else (.z | ((.[1:3] | tonumber) * 60 + (.[4:6] | tonumber)) * 60000 * (if .[:1] == "-" then -1 else 1 end)) end)
  end;
# Milliseconds of a field; 0 without one, -1 if it is no time.
def time(field): if field == null then 0 else (try (field | clock) catch null) // -1 end;
# Why this command cannot be carried out; null if it can be tried.
def flaw:
  if (.v // 1) != 1 then "version \(.v) of the protocol is not spoken here"
  elif .cancel == true then null
  elif (.campaignDocument // .campaignRef) != null then "whole campaigns are not run here"
  elif .provider | type != "string" or (test("^[a-z.]{1,61}$") | not) then "provider: expected the name of one"
  elif .config | type != "object" then "config: expected an object"
  elif .inputs | type != "object" then "inputs: expected an object"
  elif .idempotent | type != "boolean" then "idempotent: expected true or false"
  elif time(.deadline) < 0 or time(.at) < 0 then "deadline, at: expected RFC 3339 or milliseconds"
  else null end;

def kind: if .unknown == true then "unknown" elif .hello == true then "hello" elif .cancel == true then "cancel"
  else "command" end;

select(.retain == 0 and .payloadlen <= $limit and (.payload | utf8bytelength) == .payloadlen)
| .payload | fromjson | select(type == "object")
| .config //= {} | .inputs //= {} | .idempotent //= false | .attempt //= 1
| if (.provider | type) == "string" then .provider |= ltrimstr("providers.stage.") else . end
| select(.hello == true or (.id | type == "string" and test("^[A-Za-z0-9_][A-Za-z0-9._-]{0,60}$")))
| select(.attempt | type == "number" and . >= 1 and . < 2147483648 and . == floor)
| (if kind == "command" or kind == "cancel" then flaw else null end) as $flaw
| ([if $flaw then "flawed" else kind end, .id // "-", .attempt, (if $flaw then "-" else .provider // "-" end),
    time(.deadline), time(.at), $flaw // "-"] | map(tostring | gsub("[\t\n\r]"; " ")) | join("\t")), tojson
