#!/bin/bash
# Builds both images without a registry, starts every process of the Airflow image, and asks what the official Helm chart
# asks. Run as root, from the root of the repository: make images-check
#
#   IMAGES    "airflow trainer"    which to build; the trainer downloads 3 GB
#   SUITE     trixie               the Debian that debootstrap makes the base of, or bookworm
#   MIRROR    debootstrap's own     where Debian's packages come from
#   FOLDER    one of its own, removed at the end; a folder that is named is kept, and is faster the second time
#
# The index and certificates of this machine's pip, and apt's proxy, go into the build as secrets.
set -euo pipefail

skip() { echo "skipped: images-check, since $1"; exit 0; }
for program in buildah debootstrap; do
  command -v "$program" > /dev/null || skip "$program is not installed (Debian: apt-get install buildah debootstrap)"
done
[ "$(id --user)" = 0 ] || skip "it takes root to make a base with debootstrap"

images="${IMAGES:-airflow trainer}" suite="${SUITE:-trixie}"
folder="${FOLDER:-$(mktemp --directory)}"
postgresql="$(ls --directory --sort=version /usr/lib/postgresql/*/bin 2> /dev/null | tail -n 1 || true)"
started=()

say() { echo "images-check: $*"; }
fail() { say "$1" >&2; exit 1; }
store() { buildah --root "$folder/storage" --runroot "$folder/run" "$@"; }

# retry TRIES COMMAND...: a second apart.
retry() {
  local tries="$1"
  shift
  for (( try = 1; try <= tries; try++ )); do
    if "$@" > "$folder/last" 2>&1; then return 0; fi
    sleep 1
  done
  tail -n 20 "$folder/last" >&2
  return 1
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

clean_up() {
  for pid in "${started[@]}"; do pkill --session "$pid" || true; done
  wait
  [ ! -d "$folder/pg" ] || runuser --user postgres -- "$postgresql/pg_ctl" stop --silent --mode=immediate -D "$folder/pg/data" || true
  rm -rf "$folder/pg"
  store rm --all > /dev/null || true
  if [ -z "${FOLDER:-}" ]; then
    store rmi --all --force > /dev/null || true
    rm -rf "$folder"
  fi
}

write_secrets() {
  local index
  cp "${PIP_CERT:-${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}}" "$folder/ca"
  index="${PIP_INDEX_URL:-$(python3 -m pip config get global.index-url 2> /dev/null || true)}"
  printf '[global]\ncert = /run/secrets/ca\n%s\n' "${index:+index-url = $index}" > "$folder/pip"
  apt-config dump Acquire | grep --ignore-case '::proxy ' > "$folder/apt" || true
}

# The base holds what python:3.12-slim does: Debian, Python and its venv.
build_base() {
  local base="$folder/$suite"
  if [ ! -e "$base/base.tar" ]; then
    say "makes a base of Debian $suite"
    mkdir -p "$base"
    debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv "$suite" "$folder/root" ${MIRROR:+"$MIRROR"} \
      > "$folder/debootstrap.log" || fail "debootstrap has failed: $(tail -n 1 "$folder/debootstrap.log")"
    rm -rf "$folder"/root/var/cache/apt/archives/*.deb
    tar --directory "$folder/root" --create --file "$base/base.tar" .
    rm -rf "$folder/root"
    printf 'FROM scratch\nADD base.tar /\nCMD ["bash"]\n' > "$base/Dockerfile"
  fi
  store bud --isolation chroot --layers --quiet --tag localhost/base:"$suite" "$base" > /dev/null
}

build() {
  say "builds the $1 image"
  store bud --isolation chroot --layers --format docker --build-arg BASE=localhost/base:"$suite" \
    --secret id=pip,src="$folder/pip" --secret id=ca,src="$folder/ca" --secret id=apt,src="$folder/apt" \
    --file "docker/$1/Dockerfile" --tag "localhost/ownvoice-$1" . > "$folder/$1.log" 2>&1 \
    || { tail -n 20 "$folder/$1.log" >&2; fail "the $1 image does not build"; }
}

# container NAME: a container of its own, with the metadata database and ports that are free on this machine.
container() {
  store from --name "$1" localhost/ownvoice-airflow > /dev/null
  store config --env AIRFLOW__DATABASE__SQL_ALCHEMY_CONN="postgresql://airflow@127.0.0.1:$database_port/postgres" \
    --env AIRFLOW__API__PORT="$api_port" --env AIRFLOW__API__HOST=127.0.0.1 \
    --env AIRFLOW__CORE__EXECUTION_API_SERVER_URL="http://127.0.0.1:$api_port/execution/" \
    --env AIRFLOW__CORE__AUTH_MANAGER=airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager \
    --env AIRFLOW__API__SECRET_KEY=images-check --env AIRFLOW__API_AUTH__JWT_SECRET=images-check-images-check-images-check-images-check-images-check-64 \
    --env AIRFLOW__CELERY__BROKER_URL="redis://127.0.0.1:$broker_port/0" \
    --env AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT="$(free_port)" --env AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT="$(free_port)" "$1"
}

inside() { local name="$1"; shift; store run --isolation chroot "$name" -- "$@"; }

# start NAME COMMAND...: a process as a container starts it, in a session of its own by which it is ended.
start() {
  local name="$1"
  shift
  container "$name"
  setsid buildah --root "$folder/storage" --runroot "$folder/run" run --isolation chroot "$name" -- \
    /usr/bin/tini -s -- /entrypoint "$@" > "$folder/$name.log" 2>&1 &
  started+=("$!")
}

healthy() {
  local name="$1"
  shift
  retry 60 "$@" || { tail -n 20 "$folder/$name.log" >&2; fail "$name is not healthy"; }
  say "$name is healthy"
}

# The chart's own liveness probe.
probe() { inside "$1" sh -c "CONNECTION_CHECK_MAX_COUNT=0 AIRFLOW__LOGGING__LOGGING_LEVEL=ERROR exec /entrypoint $2"; }

start_database() {
  install --directory --owner=postgres "$folder/pg"
  chmod a+x "$folder"
  runuser --user postgres -- "$postgresql/initdb" --username=airflow --auth=trust --no-sync --encoding=UTF8 --locale=C \
    -D "$folder/pg/data" > /dev/null
  runuser --user postgres -- "$postgresql/pg_ctl" start --silent --wait -D "$folder/pg/data" -l "$folder/pg/log" \
    -o "-k $folder/pg -c listen_addresses=127.0.0.1 -c port=$database_port -c fsync=off"
}

check_airflow() {
  [ -n "$postgresql" ] || { echo "skipped: the processes, since PostgreSQL's server is not installed"; return; }
  database_port="$(free_port)" api_port="$(free_port)" broker_port="$(free_port)"
  start_database
  container jobs
  inside jobs /entrypoint airflow db check > /dev/null
  inside jobs /entrypoint bash -c 'exec airflow db migrate' > /dev/null 2>&1
  # shellcheck disable=SC2016
  inside jobs /entrypoint bash -c 'exec airflow users create "$@"' -- -r Admin -u admin -e admin@example.com -f A -l B -p secret > /dev/null
  say "database checked and migrated over postgresql://, user made by FAB"
  start api-server api-server
  start scheduler bash -c 'exec airflow scheduler'
  start dag-processor bash -c 'exec airflow dag-processor'
  start triggerer bash -c 'exec airflow triggerer'
  healthy api-server inside api-server curl --fail --silent "http://127.0.0.1:$api_port/api/v2/version"
  healthy scheduler probe scheduler "airflow jobs check --job-type SchedulerJob --local"
  healthy dag-processor probe dag-processor "airflow jobs check --local --job-type DagProcessorJob"
  healthy triggerer probe triggerer "airflow jobs check --job-type TriggererJob --local"
  if command -v redis-server > /dev/null; then
    setsid redis-server --port "$broker_port" --bind 127.0.0.1 --save '' --dir "$folder" > /dev/null &
    started+=("$!")
    start worker bash -c 'AIRFLOW__CORE__EXECUTOR=CeleryExecutor exec airflow celery worker --concurrency 1'
    # shellcheck disable=SC2016
    healthy worker probe worker 'python -m celery --app airflow.providers.celery.executors.celery_executor.app inspect ping -d celery@$(hostname)'
  else
    echo "skipped: the Celery worker, since redis-server is not installed"
  fi
  store run --isolation chroot --user 4242:0 jobs -- /entrypoint bash -c 'whoami && touch "$AIRFLOW_HOME/logs/mine"' > /dev/null \
    || fail "another user id of group 0 cannot run the image"
  inside jobs timeout --preserve-status 5 bash /clean-logs | grep --quiet 'logs removed' || fail "/clean-logs does not run"
  for dag in refresh_preferences push_dataset train_dpo; do
    inside jobs airflow dags list --columns dag_id --output plain 2> /dev/null | grep --quiet "$dag" \
      || fail "the dag-processor has not read $dag"
  done
  say "another user id, /clean-logs and all three DAGs are well"
}

check_trainer() {
  store from --name trainer localhost/ownvoice-trainer > /dev/null
  inside trainer sh -c 'gcc --version > /dev/null && test -z "$(find /tmp /scratch -mindepth 1)" && test -z "$PYTHONDONTWRITEBYTECODE"'
  inside trainer tini -s -- python -m ownvoice.training --help > /dev/null
  inside trainer python -c 'import torch; print("images-check: the trainer image has torch", torch.__version__, "for CUDA", torch.version.cuda)'
}

trap clean_up EXIT
mkdir -p "$folder"
write_secrets
build_base
for image in $images; do build "$image"; done
for image in $images; do "check_$image"; done
store images --format 'images-check: {{.Name}} takes {{.Size}}' | grep -v none
