# Ends the process groups of tasks when the server dies. The server holds the other end of standard input and writes
# "+ PGID" when a group has started and "- PGID" when it has ended; the end of the input is the death of the server,
# whatever the cause. The first argument begins the marks of what tasks started, by which those that left their group are
# found (process-marks.ts); it is empty where there are none. POSIX sh, because it runs for as long as the server does and costs a megabyte.
trap '' HUP INT QUIT TERM PIPE
groups=' '
while read -r change group; do
  case $change in
    +) groups="$groups$group " ;;
    -)
      case $groups in
        *" $group "*) groups="${groups%%" $group "*} ${groups#*" $group "}" ;;
      esac
      ;;
  esac
done

signal_all() {
  alive=no
  for group in $groups; do
    if kill -s "$1" -- "-$group" 2>/dev/null; then alive=yes; fi
  done
}

kill_marked() {
  found=no
  # shellcheck disable=SC2013 # paths below /proc, none with a blank in it.
  for limits in $(grep -ls "^Max file locks  *$1[0-9]\{6\} " /proc/[0-9]*/limits 2>/dev/null); do
    process=${limits#/proc/}
    if kill -s KILL "${process%/limits}" 2>/dev/null; then found=yes; fi
  done
}

signal_all TERM
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  signal_all 0
  if [ "$alive" = no ]; then break; fi
  sleep 0.1 2>/dev/null || sleep 1
done
signal_all KILL
if [ -n "$1" ]; then
  # Again while there are any: what forks meanwhile is not seen at once.
  for _ in 1 2 3 4 5; do
    kill_marked "$1"
    if [ "$found" = no ]; then break; fi
  done
fi
