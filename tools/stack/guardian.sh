#!/bin/sh
# Usage: guardian.sh RUN_FOLDER [FOLDER_TO_REMOVE]
# Waits for the end of its standard input, which the system closes when the process that holds the other end is gone,
# however it went. Then it ends the processes that the pid files of RUN_FOLDER name, and removes the folder it was given.
while read -r _; do :; done

# Calls $1 with the pid of each process that still runs: its start time must be the one in the pid file, because the pid
# of an ended process is given to others.
each() {
  for file in "$run"/*.pid; do
    [ -f "$file" ] || continue
    read -r pid started port <"$file" || continue
    if [ -d /proc/self ]; then
      now=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -d' ' -f1,20)
      [ "${now#* }" = "$started" ] && [ "${now% *}" != Z ] || continue
    fi
    "$1" "$pid"
  done
}

# A paused process acts on no signal before this one.
wake() {
  for one in "$1" $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
    kill -CONT "$one" 2>/dev/null
  done
}
# With QUIT, Postgres ends its own children.
quit() { kill -QUIT "$1" 2>/dev/null; }
count() { left=1; }
end() { kill -KILL "$1" 2>/dev/null; }

run=$1
each wake
each quit
turn=0
left=1
while [ "$left" = 1 ] && [ "$turn" -lt 20 ]; do
  left=0
  each count
  turn=$((turn + 1))
  [ "$left" = 0 ] || sleep 0.1
done
each end
rm -f "$run"/*.pid
[ -z "${2:-}" ] || rm -rf "$2"
