# Runs a program in a folder as if it were the whole machine's root: `sh room.sh ROOT READ_ONLY USER MOUNTS PROGRAM…`
# inside a separate mount namespace, so that every mount is gone with it. The system's programs and libraries are
# there read-only; of the user's files only what MOUNTS names, as lines of FROM:TO. USER is empty for the one we are.
set -eu
root=$1 read_only=$2 user=$3 mounts=$4
shift 4
mount --bind "$root" "$root"
for name in usr bin sbin lib lib32 lib64 etc; do
  if [ -L "/$name" ]; then
    [ -L "$root/$name" ] || ln -s "$(readlink "/$name")" "$root/$name"
  elif [ -d "/$name" ]; then
    mkdir -p "$root/$name"
    mount --rbind "/$name" "$root/$name"
    [ "$name" = etc ] || mount -o remount,bind,ro "$root/$name" 2>/dev/null || true
  fi
done
for name in dev proc; do
  mkdir -p "$root/$name"
  mount --rbind "/$name" "$root/$name"
done
while IFS=: read -r from to; do
  [ -n "$from" ] || continue
  if [ -d "$from" ]; then
    mkdir -p "$root$to"
  else
    mkdir -p "$root${to%/*}"
    [ -e "$root$to" ] || : >"$root$to"
  fi
  mount --bind "$from" "$root$to"
done <<MOUNTS
$mounts
MOUNTS
mkdir -p -m 1777 "$root/tmp"
if [ "$read_only" = true ]; then
  mount -t tmpfs -o mode=1777,size=16m tmpfs "$root/tmp"
  mount -o remount,bind,ro "$root"
fi
if [ -z "$user" ]; then
  exec chroot "$root" "$@"
fi
# In a user namespace we are that user already and only have to drop its capabilities.
if [ "$(id -u)" = 0 ]; then
  set -- --reuid="${user%:*}" --regid="${user#*:}" --clear-groups "$@"
fi
exec chroot "$root" setpriv --ambient-caps=-all --inh-caps=-all --bounding-set=-all --no-new-privs "$@"
