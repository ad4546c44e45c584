#!/usr/bin/env bash
# A real Trino cluster on this machine: one coordinator and some workers, each a
# process of its own, on loopback only. For tests and measurements.
#
#   trino-cluster.sh ready                    whether there is what a cluster needs; says what is missing
#   trino-cluster.sh install                  once per machine: fetch, check, unpack
#   trino-cluster.sh start DIR [WORKERS]      returns when all WORKERS (2) are active
#   trino-cluster.sh status DIR               a line for each node; fails unless all are up
#   trino-cluster.sh sql DIR 'SELECT ...'     the rows, tab-separated
#   trino-cluster.sh stop DIR
#
# Everything that a cluster writes is under DIR, which start makes:
#   url            the coordinator's address; there when the cluster is ready
#   data/          what the catalogs hive, iceberg and delta read: local:///NAME is data/NAME
#   nodes/NAME/    coordinator, worker1, ...: pid, log, config.properties, catalog/
#   tls/           with TRINO_TLS: url, what signed its certificate (ca.pem), the key that
#                  signs tokens (jwt.key); the user reader has the password 'not a secret'
#
# The environment may say:
#   TRINO_VERSION  476, or 483, which lacks iceberg, delta, TLS (476)
#   TRINO_CACHE    where servers lie, outside the checkout      (~/.cache/usagereport/trino)
#   TRINO_JAVA     a java: 24 or later for 476, 25 for 483      (the newest in /usr/lib/jvm)
#   TRINO_HEAP     heap of each node, in MB                     (1024)
#   TRINO_CATALOGS which of them; each takes time to start      (all of hive iceberg delta memory tpch)
#   TRINO_TLS      not empty: a second address, by HTTPS, which wants a password or a token
#   TRINO_CPUS     CPUs of each worker, as 0.4: by cgroups, so root only  (no limit)
#   TRINO_JVM      more options for each node's java; to measure speed, -XX:TieredStopAtLevel=4
#   TRINO_WAIT     seconds to wait for the start                (300)
set -euo pipefail

version=${TRINO_VERSION:-476}
cache=${TRINO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/usagereport/trino}
server=$cache/trino-server-$version
heap=${TRINO_HEAP:-1024}

case $version in
476) # the last that Maven Central has as a server
	sha256=cfd5accde17e8ebd251eeeb78aed1f490e77bb3a164d95a0f454bf8a7c1cbd3f # of the archive
	least=24 main=io.trino.server.TrinoServer local=fs.native-local.enabled
	known='hive iceberg delta memory tpch' ;;
483) # the last that it has as jars; put together as the archive would be
	sha256=5c87930d64f132b0d05b83cce7ec07ab5936a1bb804165584323fc58ef00fb72 # of the list of the jars' hashes
	least=25 main=Main local=fs.local.enabled
	known='hive memory tpch' ;;
*)
	echo "trino-cluster: version $version is not known here" >&2
	exit 1
	;;
esac
catalogs=${TRINO_CATALOGS:-$known}

fail() {
	echo "trino-cluster: $*" >&2
	exit 1
}

# dependency GOAL ARGUMENT...: of Maven's plugin; with a repository of its own, so
# that what is fetched is not kept twice.
dependency() {
	mvn -B -q "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:$1" "${@:2}" >&2
}

# java: a java that is new enough.
java() {
	local best="${TRINO_JAVA:-}" release=0 j v
	for j in ${TRINO_JAVA:-/usr/lib/jvm/*/bin/java}; do
		v=$("$j" -version 2>&1 | sed -nE 's/.* version "([0-9]+).*/\1/p') || continue
		[ "${v:-0}" -le "$release" ] || { best=$j release=$v; }
	done
	[ "$release" -ge "$least" ] || fail "Trino $version needs Java $least or later; ${best:-there is none here}${best:+ is $release}"
	echo "$best"
}

ready() {
	java >/dev/null
	[ -e "$server/complete" ] || command -v mvn >/dev/null || fail "Maven is missing, which fetches Trino"
	command -v python3 >/dev/null || fail "python3 is missing"
}

install() {
	[ ! -e "$server/complete" ] || return 0
	local fresh=$cache/fresh.$$
	rm -rf "$server"
	mkdir -p "$fresh"
	# shellcheck disable=SC2064 # what fresh is now
	trap "rm -rf '$fresh'" EXIT
	if [ "$version" = 476 ]; then unpack "$fresh"; else assemble "$fresh"; fi
	touch "$fresh/trino-server-$version/complete"
	mv "$fresh/trino-server-$version" "$server"
}

# unpack DIR: the server as Trino's own archive has it.
unpack() {
	local archive=$1/trino-server-$version.tar.gz p
	dependency copy -Dmaven.repo.local="$1/repository" -DoutputDirectory="$1" \
		-Dartifact="io.trino:trino-server:$version:tar.gz" || fail "Maven could not fetch trino-server $version"
	echo "$sha256  $archive" | sha256sum --check --quiet >&2 || fail "$archive is not what it should be"
	# Most files are hard links to others: all are unpacked before any goes.
	tar -xzf "$archive" -C "$1"
	for p in "$1/trino-server-$version"/plugin/*; do
		case ${p##*/} in
		delta-lake | hive | iceberg | memory | password-authenticators | tpch) ;;
		*) rm -rf "$p" ;;
		esac
	done
}

# assemble DIR: the server from its jars, with the versions that Trino's own build
# has. Two things come only with that build: the names of the plugins' classes, and
# a class that starts the server.
assemble() {
	local dir=$1/trino-server-$version bin a to class
	bin=$(dirname "$(java)")
	for a in main hive=hive.Hive memory=memory.Memory tpch=tpch.Tpch; do
		class=${a#*=} a=${a%=*}
		to=$dir/plugin/$a
		[ "$a" != main ] || to=$dir/lib
		cat >"$1/pom.xml" <<-END
			<project xmlns="http://maven.apache.org/POM/4.0.0">
			<modelVersion>4.0.0</modelVersion>
			<groupId>usagereport</groupId><artifactId>$a</artifactId><version>1</version><packaging>pom</packaging>
			<dependencyManagement><dependencies><dependency>
			<groupId>io.trino</groupId><artifactId>trino-root</artifactId><version>$version</version><type>pom</type><scope>import</scope>
			</dependency></dependencies></dependencyManagement>
			<dependencies><dependency>
			<groupId>io.trino</groupId><artifactId>trino-$a</artifactId><version>$version</version>
			</dependency></dependencies>
			</project>
		END
		dependency copy-dependencies -f "$1/pom.xml" -Dmaven.repo.local="$1/repository" -DincludeScope=runtime -DoutputDirectory="$to" ||
			fail "Maven could not fetch trino-$a $version"
		[ "$a" != main ] || continue
		mkdir -p "$1/$a/META-INF/services"
		echo "io.trino.plugin.${class}Plugin" >"$1/$a/META-INF/services/io.trino.spi.Plugin"
	done
	a=$(cd "$dir" && find lib plugin -name '*.jar' | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -d' ' -f1)
	[ "$a" = "$sha256" ] || fail "the jars of Trino $version are not what they should be: their hash is $a"
	for to in "$dir"/plugin/*; do "$bin/jar" --create --file "$to/services.jar" -C "$1/${to##*/}" META-INF; done
	echo "class Main { public static void main(String[] args) { new io.trino.server.Server().start(\"$version\"); } }" >"$1/Main.java"
	"$bin/javac" -cp "$dir/lib/*" -d "$dir/lib" "$1/Main.java"
}

# free: a port that nothing listens on, below those that the kernel hands out.
free() {
	local port
	for _ in $(seq 50); do
		port=$((20000 + RANDOM % 12000))
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
	done
	fail "found no free port"
}

# alive NODE: whether the node's process runs. Its pid may be another's by now, so
# the arguments must name the node.
alive() {
	local pid
	pid=$(cat "$1/pid" 2>/dev/null) &&
		grep -qzxF -- "-Dconfig=$1/config.properties" "/proc/$pid/cmdline" 2>/dev/null
}

# limit NAME: a group for this process, held to $TRINO_CPUS if it is a worker. Its
# weight is that of many: by default a group of any size weighs as one process,
# and on a busy machine a worker would not get what it may have.
limit() {
	local group quota=max
	[ "$1" = coordinator ] || quota=$(awk -v c="$TRINO_CPUS" 'BEGIN { printf "%d", c * 100000 }')
	if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
		group=/sys/fs/cgroup/trino-$$-$1
		mkdir "$group"
		echo "$quota 100000" >"$group/cpu.max"
		echo 10000 >"$group/cpu.weight"
	else
		group=/sys/fs/cgroup/cpu/trino-$$-$1
		mkdir "$group"
		echo 100000 >"$group/cpu.cfs_period_us"
		echo "${quota/max/-1}" >"$group/cpu.cfs_quota_us"
		echo 102400 >"$group/cpu.shares"
	fi
	echo "$BASHPID" >"$group/cgroup.procs"
	echo "$group"
}

# secure DIR: make keys, and print what the coordinator must be told of them.
secure() {
	local tls=$1/tls port
	port=$(free)
	rm -rf "$tls"
	mkdir -m 700 "$tls"
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=usagereport test' \
		-addext subjectAltName=IP:127.0.0.1,DNS:localhost -keyout "$tls/server.key" -out "$tls/ca.pem" 2>/dev/null
	cat "$tls/server.key" "$tls/ca.pem" >"$tls/server.pem"
	openssl genrsa -out "$tls/jwt.key" 2048 2>/dev/null
	openssl rsa -in "$tls/jwt.key" -pubout -out "$tls/jwt.pub" 2>/dev/null
	# Trino's form of PBKDF2 is the one with SHA-1.
	python3 -c 'import hashlib; print("reader:1000:%s:%s" % (b"salt".hex(), hashlib.pbkdf2_hmac("sha1", b"not a secret", b"salt", 1000).hex()))' \
		>"$tls/passwords"
	printf 'password-authenticator.name=file\nfile.password-file=%s\n' "$tls/passwords" >"$tls/password-authenticator.properties"
	echo "https://127.0.0.1:$port" >"$tls/url"
	cat <<-END
		http-server.https.enabled=true
		http-server.https.port=$port
		http-server.https.keystore.path=$tls/server.pem
		http-server.authentication.type=PASSWORD,JWT
		http-server.authentication.allow-insecure-over-http=true
		http-server.authentication.jwt.key-file=$tls/jwt.pub
		password-authenticator.config-files=$tls/password-authenticator.properties
	END
}

# catalog NAME DIR: its settings. Each keeps its own metastore, in files.
catalog() {
	case $1 in
	hive) cat <<-END ;;
		connector.name=hive
		hive.metastore=file
		hive.non-managed-table-writes-enabled=true
		hive.allow-register-partition-procedure=true
		# What DuckDB, Spark and Azure write; columns are then timestamp(6).
		hive.timestamp-precision=MICROSECONDS
	END
	iceberg) cat <<-END ;;
		connector.name=iceberg
		iceberg.catalog.type=TESTING_FILE_METASTORE
		iceberg.register-table-procedure.enabled=true
	END
	delta) cat <<-END ;;
		# Reads; it cannot write to local files, so another program makes the tables.
		connector.name=delta_lake
		hive.metastore=file
		delta.register-table-procedure.enabled=true
	END
	memory | tpch) echo "connector.name=$1" && return ;;
	esac
	cat <<-END
		hive.metastore.catalog.dir=local:///metastore/$1
		$local=true
		# A path; in the names of tables, local:/// is this folder.
		local.location=$2/data
	END
}

# node DIR NAME PORT COORDINATOR_PORT: write the node's settings, start it.
node() {
	local dir=$1/nodes/$2 c
	mkdir -p "$dir/catalog"
	cat >"$dir/config.properties" <<-END
		node.id=$2
		node.environment=usagereport
		node.bind-ip=127.0.0.1
		node.internal-address=127.0.0.1
		http-server.http.port=$3
		discovery.uri=http://127.0.0.1:$4
		internal-communication.shared-secret=the nodes of this cluster
		coordinator=$([ "$2" = coordinator ] && echo true || echo false)
		plugin.dir=$1/plugin
		catalog.config-dir=$dir/catalog
		query.max-memory=$((heap * 9 / 10))MB
		query.max-memory-per-node=$((heap * 4 / 10))MB
		memory.heap-headroom-per-node=$((heap * 3 / 10))MB
		# A worker that is gone is noticed after seconds, not a minute.
		query.remote-task.max-error-duration=10s
		exchange.max-error-duration=10s
	END
	if [ "$2" = coordinator ]; then
		echo node-scheduler.include-coordinator=false >>"$dir/config.properties"
		[ -z "${TRINO_TLS:-}" ] || secure "$1" >>"$dir/config.properties"
	fi
	for c in $catalogs; do catalog "$c" "$1" >"$dir/catalog/$c.properties"; done
	# For a quick start, two fifths of the CPU time: no optimising compiler, and no
	# check of the class files, whose hash was checked.
	# shellcheck disable=SC2086 # TRINO_JVM is several words
	(
		cd "$dir"
		[ -z "${TRINO_CPUS:-}" ] || limit "$2" >cgroup
		exec setsid "$java" -Xmx"${heap}m" -XX:+UseG1GC -XX:+ExitOnOutOfMemoryError -XX:ReservedCodeCacheSize=256M \
			-XX:+ExplicitGCInvokesConcurrent -XX:-OmitStackTraceInFastThrow \
			-XX:PerMethodRecompilationCutoff=10000 -XX:PerBytecodeRecompilationCutoff=10000 \
			-XX:+EnableDynamicAgentLoading --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
			--add-modules=jdk.incubator.vector -Djdk.attach.allowAttachSelf=true -Djdk.nio.maxCachedBufferSize=2000000 \
			-Dfile.encoding=UTF-8 -Duser.timezone=UTC \
			-XX:TieredStopAtLevel=1 -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote ${TRINO_JVM:-} \
			-Dconfig="$dir/config.properties" -cp "$server/lib:$server/lib/*" $main </dev/null >log 2>&1
	) &
	echo $! >"$dir/pid"
}

start() {
	local dir workers=${2:-2} port n
	mkdir -p "$1/data/metastore"
	dir=$(realpath "$1")
	for n in "$dir"/nodes/*; do ! alive "$n" || fail "${n##*/} of $dir runs already"; done
	[ "$version" = 476 ] || [ -z "${TRINO_TLS:-}" ] || fail "Trino $version cannot have TRINO_TLS here"
	[ "$(ulimit -n)" -ge 4096 ] || ulimit -n 4096 || fail "a node needs 4096 open files"
	install
	java=$(java)
	rm -rf "$dir/nodes" "$dir/plugin" "$dir/url"
	mkdir "$dir/plugin" # of the server's plugins only what is used, for each takes time
	for n in $catalogs ${TRINO_TLS:+password-authenticators}; do
		[[ " $known password-authenticators " == *" $n "* ]] || fail "Trino $version has no catalog $n here; it has $known"
		n=${n/delta/delta-lake}
		ln -s "$server/plugin/$n" "$dir/plugin/$n"
	done
	port=$(free)
	SECONDS=0
	# shellcheck disable=SC2064 # what dir is now
	trap "stop '$dir'" EXIT
	node "$dir" coordinator "$port" "$port"
	for n in $(seq "$workers"); do node "$dir" "worker$n" 0 "$port"; done
	until [ "$(ask "http://127.0.0.1:$port" "SELECT count(*) FROM system.runtime.nodes WHERE state = 'active' AND NOT coordinator" 2>/dev/null)" = "$workers" ]; do
		[ $SECONDS -lt "${TRINO_WAIT:-300}" ] || fail "the cluster is not up after $SECONDS s; $dir/nodes/*/log may say why"
		for n in "$dir"/nodes/*; do
			alive "$n" || { grep -m3 -A3 -E '^[0-9]+\) |ERROR|^Error' "$n/log" >&2 || true; fail "${n##*/} ended; see $n/log"; }
		done
		sleep 0.5
	done
	trap - EXIT
	echo "http://127.0.0.1:$port" >"$dir/url"
	echo "trino $version: a coordinator and $workers workers at $(cat "$dir/url") after $SECONDS s"
}

status() {
	local dir n bad=0
	dir=$(realpath "$1")
	for n in "$dir"/nodes/*; do
		if alive "$n"; then
			ps -o pid=,rss=,time= -p "$(cat "$n/pid")" |
				awk -v n="${n##*/}" '{ printf "%-12s pid %s, %d MB, %s of CPU\n", n, $1, $2 / 1024, $3 }'
		else
			echo "${n##*/} is down"
			bad=1
		fi
	done
	[ -e "$dir/url" ] && [ $bad = 0 ]
}

sql() { ask "$(cat "$1/url")" "$2"; }

# ask URL STATEMENT: as Trino's protocol has it, page by page.
ask() {
	python3 - "$@" <<-'END'
		import json, sys, urllib.request
		url, text = sys.argv[1] + "/v1/statement", sys.argv[2].encode()
		while url:
		    headers = {"X-Trino-User": "test", "X-Trino-Time-Zone": "UTC", "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME"}
		    answer = json.load(urllib.request.urlopen(urllib.request.Request(url, text, headers), timeout=60))
		    if "error" in answer:
		        sys.exit(answer["error"]["errorName"] + ": " + answer["error"]["message"])
		    for row in answer.get("data", ()):
		        print(*("NULL" if v is None else v for v in row), sep="\t")
		    url, text = answer.get("nextUri"), None
	END
}

stop() {
	local dir n
	dir=$(realpath "$1")
	rm -f "$dir/url"
	for n in "$dir"/nodes/*; do ! alive "$n" || kill "$(cat "$n/pid")"; done
	for _ in $(seq 40); do
		for n in "$dir"/nodes/*; do ! alive "$n" || { sleep 0.25; continue 2; }; done
		break
	done
	for n in "$dir"/nodes/*; do
		! alive "$n" || { kill -9 "$(cat "$n/pid")"; sleep 0.5; }
		[ ! -s "$n/cgroup" ] || rmdir "$(cat "$n/cgroup")" 2>/dev/null || true
		rm -f "$n/pid" "$n/cgroup"
	done
}

case ${1:-} in
ready | install | start | status | sql | stop) "$@" ;;
*)
	sed -n '2,/^set /{/^#/!d; s/^# \{0,1\}//; p}' "$0" >&2
	exit 2
	;;
esac
