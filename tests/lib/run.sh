# For tests/bench/run, tests/torture/run and tests/sql/run: a portal of their own, made anew, and Node for their scripts.
# Sourced with $root set.  portal NAME BUILD starts it in var/NAME with all limits out of the way and exports where it is
# (ZY_URL, ZY_VAR, ZY_STACK, ZY_BUILD, ZHENGYIN_CONF, PORT, VAR); it ends with the script.
export LC_ALL=C.UTF-8

# Debian's Node is 18; a newer one comes with the packages of the tests.
find_node() {
	local runtime=$root/tests/browser/runtime
	npm_ci "$root/tests/browser" || return 1
	if [[ $(node -p 'Number(process.versions.node.split(".")[0])') -lt 20 ]]; then
		npm_ci "$runtime" || return 1
		PATH=$runtime/node_modules/node-linux-$(node -p process.arch)/bin:$PATH
		export PATH
	fi
}

npm_ci() {
	if [[ -e $1/node_modules/.package-lock.json && ! $1/package-lock.json -nt $1/node_modules/.package-lock.json ]]; then return 0; fi
	(cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) && touch "$1/node_modules/.package-lock.json"
}

stack() { "$root/tools/stack" "$@"; }
sql() { stack sql -N -B zhengyin "$@"; }

portal() { # NAME BUILD
	export VAR=$root/var/$1 BUILD=$2 NOBUILD=1 RATE_API=100000r/s RATE_LOGIN=100000r/s RATE_UPLOAD=100000r/s
	export CONF_EXTRA=${CONF_EXTRA:-$root/tests/limits.conf}
	stack stop
	rm -rf "$VAR"
	trap 'stack stop' EXIT
	trap 'exit 130' INT TERM HUP
	unset PORT
	stack start >"$root/build/$1-start.log" 2>&1 || { cat "$root/build/$1-start.log"; exit 1; }
	PORT=$(<"$VAR/run/port")
	SOCKETS=$(stack files | sed -n 's/^sockets=//p')
	export PORT SOCKETS ZY_URL=http://127.0.0.1:$PORT ZY_VAR=$VAR ZY_STACK=$root/tools/stack ZY_BUILD=$root/build/$2 ZHENGYIN_CONF=$VAR/portal.conf
}
