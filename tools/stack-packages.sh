#!/usr/bin/env bash
# Installs the packages of conf/packages.txt that are missing: stack-packages.sh GROUP…
# Nothing that comes with them is started, and nginx is not enabled when it was not there before: this checkout runs its
# own, under var/.  Asks sudo when not root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Node may have come from elsewhere, bringing npm with it, and conflicts with Debian's.
installed() {
	case $1 in nodejs) command -v node >/dev/null && return ;; npm) command -v npm >/dev/null && return ;; esac
	[[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null || true) == installed ]]
}

missing=()
for group in "$@"; do
	while read -r name; do
		installed "$name" || missing+=("$name")
	done < <(awk -v g="$group" '$1 == g { print $2 }' conf/packages.txt)
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

echo "installing: ${missing[*]}"
if [[ $(id -u) -ne 0 ]]; then
	if ! command -v sudo >/dev/null; then
		echo "as root, please: apt-get install --no-install-recommends ${missing[*]}" >&2
		exit 1
	fi
	exec sudo bash tools/stack-packages.sh "$@"
fi

policy=/usr/sbin/policy-rc.d
kept=
restore() {
	rm -f "$policy"
	if [[ -n $kept ]]; then mv "$kept" "$policy"; fi
}
if [[ -e $policy || -L $policy ]]; then
	kept=$policy.kept.$$
	mv "$policy" "$kept"
fi
trap restore EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"

had_nginx=yes
installed nginx || had_nginx=
export DEBIAN_FRONTEND=noninteractive
install=(apt-get -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends "${missing[@]}")
"${install[@]}" >/dev/null 2>&1 || {
	apt-get -q update
	"${install[@]}"
}
if [[ -z $had_nginx ]] && installed nginx; then
	if [[ -d /run/systemd/system ]]; then
		systemctl --quiet disable nginx
	else
		deb-systemd-helper disable nginx.service >/dev/null 2>&1 || true
		update-rc.d nginx disable >/dev/null 2>&1 || true
	fi
fi
