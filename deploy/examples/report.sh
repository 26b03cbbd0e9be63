#!/usr/bin/env bash
# Sends one report over HTTP and asks how it stands: what a bot does, with curl.
#
#   SIGAP_TOKEN=sigap_... deploy/examples/report.sh "Nenek di Wlingi tinggal sendiri, mohon ditengok." [MESSAGE-ID]
#
# MESSAGE-ID is the message's id where it came from. The same id sent again gets the first ticket again, so a
# bot that does not know whether it was heard simply sends again. Needs curl and jq.
set -euo pipefail

base=${SIGAP_URL:-http://127.0.0.1:8080}
token=${SIGAP_TOKEN:?SIGAP_TOKEN is missing; make one with: sigapctl token issue NAME}
text=${1:?usage: report.sh TEXT [MESSAGE-ID]}
id=${2:-}

body=$(jq -n --arg text "$text" --arg id "$id" \
    '{source: "example", text: $text} + if $id == "" then {} else {external_id: $id} end')

# 202: kept. 429 and 5xx: come again after Retry-After. Every other 4xx: the report itself does not fit, the answer says why.
answer=$(curl -sS -w '\n%{http_code}' -X POST "$base/v1/reports" \
    -H "Authorization: Bearer $token" -H 'Content-Type: application/json' --data-binary "$body")
status=${answer##*$'\n'}
answer=${answer%$'\n'*}
if [ "$status" != 202 ]; then
    jq -r '"refused (\(.status)): \(.title)\n\(.detail // "")"' <<<"$answer" >&2
    exit 1
fi

jq -r '.ticket, .message, (.emergency.text // empty)' <<<"$answer"
curl -sS "$base$(jq -r .status_url <<<"$answer")" | jq -r '"\(.state): \(.message)"'
