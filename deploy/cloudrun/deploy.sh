#!/usr/bin/env bash
# Puts Spot Canvas on Cloud Run: image, migrations, one ingest service per shard, the web service.
#   PROJECT=my-project REGION=us-east4 deploy/cloudrun/deploy.sh [--dry-run]
# With --dry-run nothing is called: the commands and the files they would be given are printed. docs/deploying.md describes
# what must be there before, and what the variables below are for. A TAG or IMAGE that is given is there already, and is
# not built.
set -euo pipefail

DRY_RUN=false
case "${1:-}" in
  "") ;;
  --dry-run) DRY_RUN=true ;;
  *) echo "usage: PROJECT=… REGION=… $0 [--dry-run]" >&2; exit 2 ;;
esac

: "${PROJECT:?the project id}" "${REGION:?a region, such as us-east4}"
SHARD_COUNT="${SHARD_COUNT:-1}"
CLOUDSQL_INSTANCE="${CLOUDSQL_INSTANCE:-}"   # project:region:instance; empty for a database reached over TCP
WEBHOOKS_SECRET="${WEBHOOKS_SECRET:-}"   # the secret that holds the file of webhooks; empty for none
NETWORK="${NETWORK:-default}"
SUBNETWORK="${SUBNETWORK:-default}"
NATS_REPLICAS="${NATS_REPLICAS:-1}"
WEB_MIN="${WEB_MIN:-1}"
WEB_MAX="${WEB_MAX:-10}"
HERE="$(cd "$(dirname "$0")" && pwd)"
BUILD=false
if [[ -z "${TAG:-}${IMAGE:-}" ]]; then
  BUILD=true
  TAG="$(git -C "$HERE" rev-parse --short HEAD)"
fi
IMAGE="${IMAGE:-$REGION-docker.pkg.dev/$PROJECT/spot-canvas/spot-canvas:$TAG}"
SERVICE_ACCOUNT="${SERVICE_ACCOUNT:-spot-canvas@$PROJECT.iam.gserviceaccount.com}"

# A variable that cannot be used is named before anything is done.
check() {
  [[ "${!1}" =~ $2 ]] || { echo "$1: \"${!1}\" is not allowed: give $3" >&2; exit 2; }
}
check SHARD_COUNT '^[1-9][0-9]{0,2}$' "a number of shards"
# The exchange counts requests per address, and shards may share one.
REST_RPS="${REST_RPS:-$(awk "BEGIN { printf \"%.2f\", 8 / $SHARD_COUNT }")}"
check REST_RPS '^[0-9]{1,3}(\.[0-9]+)?$' "requests a second of one shard"
check NATS_REPLICAS '^[1-5]$' "1 to 5 copies"
check WEB_MIN '^(0|[1-9][0-9]{0,2})$' "a number of instances"
check WEB_MAX '^[1-9][0-9]{0,2}$' "a number of instances"
((WEB_MIN <= WEB_MAX)) || { echo "WEB_MIN: $WEB_MIN is more than WEB_MAX, which is $WEB_MAX" >&2; exit 2; }
check CLOUDSQL_INSTANCE '^([^:"]+(:[^:"]+){2,3})?$' "project:region:instance"
check WEBHOOKS_SECRET '^[A-Za-z0-9_-]*$' "a secret's name"
check NETWORK '^[a-z0-9/-]+$' "a network's name"
check SUBNETWORK '^[a-z0-9/-]+$' "a subnetwork's name"

WORK="$(mktemp -d)"
trap 'rm -rf "$WORK"' EXIT

run() {
  echo "+ $*"
  if [[ "$DRY_RUN" == false ]]; then "$@"; fi
}

# Fills a file's ${NAMES}. Without a Cloud SQL instance its annotation goes, without webhooks what is marked as theirs.
render() {
  local text name
  text="$(<"$HERE/$1")"
  for name in IMAGE SERVICE_ACCOUNT NETWORK SUBNETWORK CLOUDSQL_INSTANCE WEBHOOKS_SECRET NATS_REPLICAS WEB_MIN WEB_MAX SHARD_COUNT REST_RPS SHARD_INDEX; do
    text="${text//"\${$name}"/"${!name:-}"}"
  done
  if [[ -z "$CLOUDSQL_INSTANCE" ]]; then text="$(grep -v 'cloudsql-instances' <<<"$text")"; fi
  if [[ -z "$WEBHOOKS_SECRET" ]]; then text="$(grep -v '# webhooks$' <<<"$text")"; fi
  # shellcheck disable=SC2016 # the dollar must not be expanded
  if grep -n '\${' <<<"$text" >&2; then echo "$1 has a variable that is not filled" >&2; exit 1; fi
  printf '%s\n' "$text" >"$2"
  if [[ "$DRY_RUN" == true ]]; then sed 's/^/    /' "$2"; fi
}

GCLOUD=(gcloud --quiet --project "$PROJECT")

if [[ "$BUILD" == true ]]; then run "${GCLOUD[@]}" builds submit --tag "$IMAGE" "$HERE/../.."; fi

render migrate.yaml "$WORK/migrate.yaml"
run "${GCLOUD[@]}" run jobs replace "$WORK/migrate.yaml" --region "$REGION"
run "${GCLOUD[@]}" run jobs execute spot-canvas-migrate --region "$REGION" --wait

for ((SHARD_INDEX = 0; SHARD_INDEX < SHARD_COUNT; SHARD_INDEX++)); do
  render ingest.yaml "$WORK/ingest-$SHARD_INDEX.yaml"
  run "${GCLOUD[@]}" run services replace "$WORK/ingest-$SHARD_INDEX.yaml" --region "$REGION"
done

render web.yaml "$WORK/web.yaml"
run "${GCLOUD[@]}" run services replace "$WORK/web.yaml" --region "$REGION"
run "${GCLOUD[@]}" run services add-iam-policy-binding spot-canvas --region "$REGION" \
  --member allUsers --role roles/run.invoker
