#!/bin/sh
# Every request of the REST interface with curl: sh examples/curl.sh [URL]
#
# It registers a user with a name and a password that are made up, trades one share, and ends. No secret stands in an
# argument: the key goes to curl through a file that only its owner may read.
set -eu

url=${1:-http://localhost:8000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
umask 077

word() { od -An -N8 -tx1 /dev/urandom | tr -d ' \n'; }
name="curl-$(word)"
password=$(word)$(word)

# ask METHOD PATH [BODY]: sends a request and prints its answer.
ask() {
    printf '\n%s %s\n' "$1" "$2" >&2
    if [ $# -gt 2 ]; then
        printf '%s' "$3" | curl -sS --fail-with-body --config "$folder/key" -X "$1" "$url$2" \
            -H 'Content-Type: application/json' --data-binary @-
    else
        curl -sS --fail-with-body --config "$folder/key" -X "$1" "$url$2"
    fi
    echo
}

# text KEY: the value of a key in JSON that comes in, without a parser.
text() { sed -n 's/.*"'"$1"'":[ ]*"\([^"]*\)".*/\1/p'; }

: > "$folder/key"
registered=$(ask POST /api/register "{\"username\":\"$name\",\"password\":\"$password\"}")
printf 'header = "X-API-Key: %s"\n' "$(printf '%s' "$registered" | text api_key)" > "$folder/key"
echo "registered as $name"
ask POST /api/login "{\"username\":\"$name\",\"password\":\"$password\"}" > /dev/null

ask GET /api/health
ask GET /api/market/tickers
ask GET /api/market/FUN
ask GET '/api/market/FUN/orderbook?depth=3'
ask GET '/api/market/FUN/trades?limit=3'
ask GET '/api/market/FUN/history?interval=1m'

order=$(ask POST /api/orders '{"ticker":"FUN","side":"buy","price":90.00,"quantity":1,"client_order_id":"first"}')
echo "$order"
id=$(printf '%s' "$order" | text order_id)
ask PATCH "/api/orders/$id" '{"price":91.00}'
ask GET '/api/orders?status=open&ticker=FUN&limit=10&offset=0'
ask DELETE "/api/orders/$id"
ask POST /api/orders '{"ticker":"FUN","side":"buy","type":"market","time_in_force":"IOC","quantity":1}'
ask DELETE /api/orders
ask GET '/api/trades?ticker=FUN&limit=10'
ask GET /api/portfolio
ask GET /api/leaderboard
