#!/bin/sh
# set-up.sh ROOT all|tools|pnpm-directory
#   all             Node (unless PATH has one that will do), pnpm, and the locked dependencies
#   tools           the same without the dependencies
#   pnpm-directory  prints where pnpm is
# Called by `workbook`. Every file is checked against tools.txt, unpacked beside its place and renamed into it, under a
# lock, so that neither an interrupt nor a second call can leave half a tool. Messages go to stderr; exit 3 is a failure.
set -eu
root=$1
what=$2
export npm_config_fetch_retry_mintimeout=1000 npm_config_fetch_retry_maxtimeout=5000
export pnpm_config_fetch_retry_mintimeout=1000 pnpm_config_fetch_retry_maxtimeout=5000 pnpm_config_update_notifier=false
tools=$root/.workbook/tools
lock=$root/.workbook/set-up.lock
tmp=$tools/.tmp.$$
log=$tmp/log
holds_lock=
ticker=

# The reader's language, found as src/reader-language.ts finds it.
case ${WORKBOOK_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG-}}}} in
  [jJ][aA] | [jJ][aA][_.@-]*) language=ja ;;
  *) language=en ;;
esac
# words ENGLISH JAPANESE: those of the two that the reader understands
words() { if [ "$language" = ja ]; then printf '%s' "$2"; else printf '%s' "$1"; fi; }
say() { printf '%s\n' "$*" >&2; }

# fail WHAT_AND_WHY NEXT
fail() {
  if [ -s "$log" ]; then tail -n 12 "$log" | sed 's/^/    /' >&2; fi
  say "workbook: $1"
  say "  $(words next 次にすること): $2"
  exit 3
}

stop_ticker() {
  if [ -n "$ticker" ]; then kill "$ticker" 2>/dev/null || :; fi
  ticker=
}

clean_up() {
  stop_ticker
  rm -rf "$tmp"
  if [ -n "$holds_lock" ]; then rm -f "$lock"; fi
}
trap clean_up EXIT
trap 'say "workbook: $(words "interrupted; the same command goes on from here" "中断しました。同じコマンドでここから続きます")"; exit 130' INT
trap 'exit 143' TERM HUP

# row TOOL SOURCE: sets version, name and hash from tools.txt for this platform; fails when there is no such row.
row() {
  version='' name='' hash=''
  while read -r t v p s n h; do
    if [ "$t $p $s" = "$1 $platform $2" ]; then version=$v name=$n hash=$h; fi
  done <"$root/packages/toolchain/tools.txt"
  [ -n "$version" ]
}

find_platform() {
  case $(uname -s) in Linux) os=linux ;; Darwin) os=darwin ;; *) os=$(uname -s) ;; esac
  case $(uname -m) in x86_64 | amd64) cpu=x64 ;; aarch64 | arm64) cpu=arm64 ;; *) cpu=$(uname -m) ;; esac
  platform=$os-$cpu
  for file in /lib/ld-musl-*; do
    if [ -e "$file" ]; then platform=$platform-musl; fi
  done
}

# take_lock: a symbolic link whose target is the holder's process id is made in one step, and read in one step.
take_lock() {
  mkdir -p "$tools" 2>/dev/null || fail "$(words "cannot write to $root/.workbook" "$root/.workbook に書けません")" \
      "$(words "clone into a folder that you may write to" "書き込めるフォルダーにクローンしてください")"
  told=
  until ln -s $$ "$lock" 2>/dev/null; do
    holder=$(readlink "$lock" || :)
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
      mv "$lock" "$tools/.dead-lock.$$" 2>/dev/null && rm -f "$tools/.dead-lock.$$"
      continue
    fi
    if [ -z "$told" ]; then say "workbook: $(words "another set-up is at work here (process $holder); waiting for it" "別のセットアップが動いています (プロセス $holder)。終わるのを待っています")"; fi
    told=yes
    sleep 1
  done
  holds_lock=yes
  rm -rf "$tools"/.tmp.* # of one that was killed
  mkdir "$tmp"
}

tick() {
  while :; do
    printf '\r  %s … %s %s' "$label" $(($(date +%s) - began)) "$(words s 秒)" >&2
    sleep 1
  done
}

# step LABEL COMMAND…: runs it with its output in the log, and shows the time it takes.
step() {
  label=$1
  shift
  began=$(date +%s)
  if [ -t 2 ]; then
    tick &
    ticker=$!
  else
    say "  $label …"
  fi
  status=0
  "$@" >"$log" 2>&1 </dev/null || status=$?
  stop_ticker
  outcome=$(words "done" 完了)
  if [ "$status" != 0 ]; then outcome=$(words "did not work" 失敗しました); fi
  if [ -t 2 ]; then printf '\r' >&2; fi
  say "  $label: $outcome ($(($(date +%s) - began)) $(words s 秒))"
  return "$status"
}

proxy_is_set() { [ -n "${HTTPS_PROXY-}${https_proxy-}${HTTP_PROXY-}${http_proxy-}${ALL_PROXY-}${all_proxy-}" ]; }

# online COMMAND…: as it is and, when a proxy variable may be the reason that it failed, once more without.
online() {
  if ! proxy_is_set; then
    "$@"
  elif ! npm_config_fetch_retries=0 pnpm_config_fetch_retries=0 "$@"; then
    words "trying again without the proxy that the environment names" "環境変数のプロキシを使わずに、もう一度試します"
    echo
    (
      unset HTTPS_PROXY https_proxy HTTP_PROXY http_proxy ALL_PROXY all_proxy
      "$@"
    )
  fi
}

# has_hash FILE HEX: SHA-256 or SHA-512, by the length of HEX.
has_hash() {
  if [ "${#2}" = 64 ]; then bits=256; else bits=512; fi
  if command -v "sha${bits}sum" >/dev/null; then
    found=$("sha${bits}sum" "$1")
  elif command -v shasum >/dev/null; then
    found=$(shasum -a "$bits" "$1")
  else
    found=$(openssl dgst "-sha$bits" -r "$1")
  fi
  if [ "${found%% *}" = "$2" ]; then return 0; fi
  words "$1 has the SHA-$bits ${found%% *}, and tools.txt says $2: it is not what was pinned" \
    "$1 の SHA-$bits は ${found%% *} で、tools.txt の $2 と違います。固定されたものではありません"
  echo
  return 1
}

# unpack FILE: a tarball with one folder, into $tmp/unpacked.
unpack() {
  rm -rf "$tmp/unpacked" "$tmp/ready" &&
    mkdir "$tmp/unpacked" &&
    tar -xzof "$1" -C "$tmp/unpacked" &&
    mv "$tmp"/unpacked/* "$tmp/ready"
}

# The steps of the next two are joined by && because `set -e` does not hold inside a condition.
pack_from_npm() (
  cd "$tmp" &&
    rm -f ./*.tgz &&
    PATH=$npm_path online npm pack --ignore-scripts --loglevel=error --pack-destination "$tmp" "$name@$version" &&
    has_hash ./*.tgz "$hash" &&
    unpack ./*.tgz
)

download() {
  if command -v curl >/dev/null; then
    curl -fsSL --retry 2 --connect-timeout 20 -o "$2" "$1"
  else
    wget -O "$2" "$1"
  fi
}

archive_base() {
  while read -r kind tool variable address; do
    if [ "$kind $tool" = "base $1" ]; then eval "printf '%s' \"\${$variable:-$address}\""; fi
  done <"$root/packages/toolchain/tools.txt"
}

fetch_archive() (
  cd "$tmp" &&
    online download "$(archive_base node)/$name" archive &&
    has_hash archive "$hash" &&
    unpack archive
)

# settle PLACE PROGRAM: tries what was unpacked, then renames it to PLACE.
settle() {
  "$tmp/ready/$2" --version >"$log" 2>&1 ||
    fail "$(words "the ${1##*/} that was fetched does not run on this machine ($platform)" "取得した ${1##*/} がこのマシン ($platform) で動きません")" \
      "$(words "install Node 24 or newer yourself, then run the same command" "Node 24 以降を自分でインストールしてから、同じコマンドを実行してください")"
  mv "$tmp/ready" "$1"
}

# npm runs with the Node that it came with: its own configuration and certificates belong to that one.
npm_path=$PATH
has_npm() { PATH=$npm_path npm --version >/dev/null 2>&1; }

fetch_node() {
  if row node npm && has_npm && step "Node $version ($platform), $(words "from npm" "npm から取得")" pack_from_npm; then
    settle "$tools/node-$version" bin/node
  elif row node archive; then
    fetch_node_archive "$tools/node-$version"
  else
    fail "$(words "there is no Node for $platform in tools.txt" "tools.txt に $platform 用の Node がありません")" \
      "$(words "install Node 24 or newer yourself, then run the same command" "Node 24 以降を自分でインストールしてから、同じコマンドを実行してください")"
  fi
}

# fetch_node_archive PLACE: the whole release, which has npm in it.
fetch_node_archive() {
  step "Node $version ($platform), $(words "the official archive" "公式のアーカイブ")" fetch_archive ||
    fail "$(words "Node 24 or newer is needed, and $(archive_base node)/$name could not be fetched" "Node 24 以降が必要ですが、$(archive_base node)/$name を取得できませんでした")" \
      "$(words "install Node 24 or newer, or name a mirror in WORKBOOK_NODE_MIRROR, or check the network and the proxy; then run the same command" \
        "Node 24 以降をインストールするか、WORKBOOK_NODE_MIRROR にミラーを指定するか、ネットワークとプロキシを確認してから、同じコマンドを実行してください")"
  settle "$1" bin/node
}

put_node_on_path() {
  case $(node --version 2>/dev/null) in v2[4-9].* | v[3-9][0-9].*) return ;; esac
  for bin in "$tools"/node-*/bin; do
    if [ -x "$bin/node" ]; then PATH=$bin:$PATH && return; fi
  done
  fetch_node
  PATH=$tools/node-$version/bin:$PATH
}

# pnpm comes from npm; where there is no npm, the official archive of Node brings one.
put_npm_on_path() {
  if has_npm; then return; fi
  row node archive || fail "$(words "npm is needed, and is not here" "npm が必要ですが、ありません")" \
    "$(words "install npm, then run the same command" "npm をインストールしてから、同じコマンドを実行してください")"
  npm_home=$tools/node-$version
  if [ ! -x "$npm_home/bin/npm" ]; then npm_home=$tools/npm-of-node-$version; fi
  if [ ! -d "$npm_home" ]; then fetch_node_archive "$npm_home"; fi
  npm_path=$npm_home/bin:$PATH
}

pnpm_version() { sed -n 's/.*"packageManager": *"pnpm@\([^"+]*\).*/\1/p' "$root/package.json"; }

put_pnpm_on_path() {
  pnpm=$tools/pnpm-$(pnpm_version)
  if [ ! -x "$pnpm/pnpm" ]; then
    put_npm_on_path
    row pnpm npm || fail "$(words "there is no pnpm for $platform in tools.txt" "tools.txt に $platform 用の pnpm がありません")" \
      "$(words "use Linux or macOS on x64 or arm64 (on Windows: WSL)" "x64 か arm64 の Linux か macOS を使ってください (Windows では WSL)")"
    [ "$version" = "$(pnpm_version)" ] || fail "$(words "package.json wants pnpm $(pnpm_version), tools.txt has $version" "package.json は pnpm $(pnpm_version)、tools.txt は $version になっています")" \
      "$(words "bring the two into line" "2 つをそろえてください")"
    step "pnpm $version" pack_from_npm ||
      fail "$(words "pnpm $version could not be fetched with npm" "npm で pnpm $version を取得できませんでした")" \
        "$(words "check the network, the proxy and npm's registry (npm config get registry), then run the same command" \
          "ネットワーク、プロキシ、npm のレジストリ (npm config get registry) を確認してから、同じコマンドを実行してください")"
    settle "$pnpm" pnpm
  fi
  PATH=$pnpm:$PATH
}

install_dependencies() {
  if cmp -s "$root/pnpm-lock.yaml" "$root/node_modules/.workbook-lock.yaml"; then return; fi
  rm -f "$root/node_modules/.workbook-lock.yaml"
  cp "$root/pnpm-lock.yaml" "$tmp/lock"
  cd "$root"
  # CI checks what the lockfile names against the rules on new releases (a request a package); a reader gets what it passed.
  if [ -n "${CI-}" ]; then trust=--no-trust-lockfile; else trust=--trust-lockfile; fi
  step "$(words "the dependencies in pnpm-lock.yaml" "pnpm-lock.yaml の依存パッケージ")" \
    online pnpm install --frozen-lockfile "$trust" --config.confirmModulesPurge=false ||
    fail "$(words "the dependencies could not be installed (pnpm says why above)" "依存パッケージをインストールできませんでした (理由は上の pnpm の出力にあります)")" \
      "$(words "check the network and the disk, then run the same command; if you changed a package.json: ./workbook pnpm install --no-frozen-lockfile" \
        "ネットワークとディスクを確認してから、同じコマンドを実行してください。package.json を変えた場合: ./workbook pnpm install --no-frozen-lockfile")"
  mv "$tmp/lock" "$root/node_modules/.workbook-lock.yaml"
}

if [ "$what" = pnpm-directory ]; then
  printf '%s\n' "$tools/pnpm-$(pnpm_version)"
  exit 0
fi
find_platform
take_lock
export PATH
if [ "$what" = all ]; then say "workbook: $(words "setting up; this happens once" "セットアップします (最初の 1 回だけです)")"; fi
put_node_on_path
put_pnpm_on_path
if [ "$what" = all ]; then install_dependencies; fi
