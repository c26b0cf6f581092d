#!/bin/sh
# Verifies the two services of lab 08 through their load balancer, on Local AWS and on AWS alike.
# Needs a POSIX shell and curl. See --help.
set -u

NODE_GREETING='Hello World from node.js'
GO_GREETING='Hello World from Golang'

usage() {
  cat <<'USAGE'
Usage: verify-alb.sh [options] NODE_URL GO_URL

Asks both services through the load balancer until they are ready, and checks
  - that NODE_URL answers 200 with "Hello World from node.js",
  - that GO_URL answers 200 with "Hello World from Golang",
  - that several tasks of each answer (by the task ARN in /info).

  NODE_URL and GO_URL   e.g. http://my-alb-123.ap-northeast-1.elb.amazonaws.com/
                        and  http://my-alb-123.ap-northeast-1.elb.amazonaws.com:8080/

Options:
  --deadline SECONDS    how long to wait for each check (default 180)
  --tasks NUMBER        how many different tasks have to answer (default 2)
  --host NAME           send this Host header, for URLs that hold an address
  --resolve H:P:ADDR    reach host H, port P at this address, as curl's --resolve (repeatable)
  -h, --help            show this text

Exit codes: 0 everything passed, 1 a check failed, 2 wrong usage, 3 curl is missing.
USAGE
}

wrong_usage() {
  printf '%s\nTry: verify-alb.sh --help\n' "$1" >&2
  exit 2
}

require_number() {
  case $2 in
    '' | *[!0-9]* | 0) wrong_usage "$1 wants a whole number above 0, not \"$2\"" ;;
  esac
}

deadline=180
tasks=2
host=
resolves=
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage && exit 0 ;;
    --deadline | --tasks | --host | --resolve)
      [ $# -ge 2 ] || wrong_usage "$1 wants a value"
      case $1 in
        --deadline) require_number "$1" "$2" && deadline=$2 ;;
        --tasks) require_number "$1" "$2" && tasks=$2 ;;
        --host) host=$2 ;;
        --resolve)
          case $2 in
            *[[:space:]]*) wrong_usage "--resolve wants host:port:address, not \"$2\"" ;;
            *?:?*:?*) resolves="$resolves --resolve $2" ;;
            *) wrong_usage "--resolve wants host:port:address, not \"$2\"" ;;
          esac
          ;;
      esac
      shift 2
      ;;
    --) shift && break ;;
    -*) wrong_usage "Unknown option $1" ;;
    *) break ;;
  esac
done
[ $# -eq 2 ] || wrong_usage "Two URLs are wanted, $# given"
for url in "$1" "$2"; do
  case $url in
    http://?* | https://?*) ;;
    *) wrong_usage "\"$url\" is not an http or https URL" ;;
  esac
done
command -v curl >/dev/null 2>&1 || {
  echo 'curl is missing: install it, then try again' >&2
  exit 3
}

newline='
'
status=
body=
problem=

# ask URL: sets status and body; returns 1 and sets problem when no answer came.
ask() {
  authority=${1#*://}
  authority=${authority%%/*}
  port=
  case $authority in *:*[0-9]) port=:${authority##*:} ;; esac
  # shellcheck disable=SC2086 # $resolves is a list of words made above, none with a blank in it.
  set -- $resolves ${host:+-H} ${host:+"Host: $host$port"} "$1"
  # A proxy cannot reach this machine's own addresses; elsewhere curl's usual rules hold.
  case $authority in
    localhost* | *.localhost* | 127.* | '[::1]'*) set -- --noproxy '*' "$@" ;;
  esac
  # -q first: what ~/.curlrc says must not change the result.
  if answer=$(curl -q -sS --max-time 10 -w '\n%{http_code}' "$@" 2>&1); then
    status=${answer##*"$newline"}
    body=${answer%"$newline"*}
    problem=
    return 0
  fi
  problem=${answer%%"$newline"*}
  return 1
}

now() { date +%s; }

# greets URL GREETING: waits until it answers with that greeting.
greets() {
  end=$(($(now) + deadline))
  while :; do
    if ask "$1"; then
      seen="answers $status \"$(printf '%.200s' "$body")\""
      if [ "$status" = 200 ] && [ "$(printf '%s' "$body")" = "$2" ]; then
        printf '✓ %s %s\n' "$1" "$seen"
        return 0
      fi
    else
      seen="does not answer: $problem"
    fi
    [ "$(now)" -lt "$end" ] || break
    sleep 1
  done
  printf '✗ %s %s; expected 200 "%s" within %s s\n' "$1" "$seen" "$2" "$deadline"
  return 1
}

# shared URL: asks /info until enough different tasks have answered.
shared() {
  info=${1%/}/info
  end=$(($(now) + deadline))
  seen=
  count=0
  asked=0
  while :; do
    asked=$((asked + 1))
    if ask "$info" && [ "$status" = 200 ]; then
      arn=$(printf '%s' "$body" | sed -n 's/.*"taskArn"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p')
      id=${arn##*/}
      case " $seen " in
        *" $id "*) ;;
        *)
          if [ -n "$id" ]; then
            seen="${seen:+$seen }$id"
            count=$((count + 1))
          fi
          ;;
      esac
      last="answers without a new task"
      [ -n "$id" ] || last="answers without a task ARN: $(printf '%.200s' "$body")"
    else
      last=${problem:-"answers $status"}
    fi
    if [ "$count" -ge "$tasks" ]; then
      printf '✓ %s: %s tasks answered %s requests: %s\n' "$info" "$count" "$asked" "$seen"
      return 0
    fi
    [ "$(now)" -lt "$end" ] || break
    # The first requests go out at once: two tasks usually show within a few.
    [ "$asked" -lt 20 ] || sleep 1
  done
  printf '✗ %s: %s of %s tasks answered %s requests within %s s (%s): %s\n' \
    "$info" "$count" "$tasks" "$asked" "$deadline" "${seen:-none}" "$last"
  return 1
}

failures=0
greets "$1" "$NODE_GREETING" || failures=$((failures + 1))
greets "$2" "$GO_GREETING" || failures=$((failures + 1))
if [ "$failures" -eq 0 ]; then
  shared "$1" || failures=$((failures + 1))
  shared "$2" || failures=$((failures + 1))
fi
[ "$failures" -eq 0 ] || exit 1
echo 'Both services answer through the load balancer.'
