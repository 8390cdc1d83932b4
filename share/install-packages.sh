#!/bin/sh
# Installs the Debian packages of the given kinds (build, test, demo, deb) that are missing; says nothing when none is.
# Usage: share/install-packages.sh build [demo] [test]
set -eu
list=$(dirname "$0")/packages.txt
missing=
for kind in "$@"; do
  # Package names have no blanks.
  # shellcheck disable=SC2013
  for package in $(awk -v kind="$kind" '$1 !~ /^#/ && $2 == kind {print $1}' "$list"); do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
  done
done
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null || { echo "install-packages: no apt-get here; please install:$missing" >&2; exit 1; }
as_root=
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "install-packages: as root, please: apt-get install$missing" >&2; exit 1; }
  as_root=sudo
fi
echo "Installing Debian packages:$missing"
export DEBIAN_FRONTEND=noninteractive
# A fresh machine has no package lists yet; one that has them is spared the update when they are good enough.
# shellcheck disable=SC2086
$as_root apt-get install -y --no-install-recommends $missing >/dev/null 2>&1 || {
  $as_root apt-get update -q
  $as_root apt-get install -y -q --no-install-recommends $missing
}
