#!/usr/bin/env bash
# A Konnect control plane and data planes for it on Kubernetes, with the plugin. Run again, it finds what is there and brings it up to date.
# Needs curl, jq, openssl, kubectl and helm. The token and keys reach programs through pipes and files, never as arguments.
#
#   KONNECT_TOKEN          kpat_… or spat_…, or KONNECT_TOKEN_FILE
#   KONNECT_CONTROL_PLANE  its name; made when there is none
#   KONNECT_ADDR           https://us.api.konghq.com, or that of your region
#   PLUGIN_DIRECTORY       lua-dist/kong/plugins/threat-response of this project; without it Kong is installed without the plugin
#   NAMESPACE, RELEASE     kong, kong
#   KONG_IMAGE, KONG_TAG   kong/kong-gateway, 3.10
source "$(dirname "${BASH_SOURCE[0]}")/target.sh"

CHART_REPOSITORY=https://charts.konghq.com
CHART_VERSION=3.4.1
CERTIFICATE=kong-cluster-cert
PLUGIN_SECRET=threat-response-plugin
NAMESPACE=${NAMESPACE:-kong}
RELEASE=${RELEASE:-kong}
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# konnect METHOD PATH [BODY FILE]: what is answered goes to $work/answer; ends with 4 where there is no such thing.
konnect() {
  local status body=()
  [ -z "${3:-}" ] || body=(--header 'Content-Type: application/json' --data-binary "@$3")
  status=$(curl --silent --show-error --max-time 60 --request "$1" --config <(
    printf 'header = "Authorization: Bearer %s"\n' "$KONNECT_TOKEN"
  ) "${body[@]}" --output "$work/answer" --write-out '%{http_code}' -- "${KONNECT_ADDR%/}/v2$2") || fail "Konnect does not answer at $KONNECT_ADDR"
  case $status in
    2*) return 0 ;;
    404) return 4 ;;
    *) fail "Konnect answered $status to $1 $2: $(jq -r '.detail // .message // .title // ""' "$work/answer" 2>/dev/null)" ;;
  esac
}

kube() { kubectl --namespace "$NAMESPACE" "$@"; }

read_settings() {
  if [ -n "${KONNECT_TOKEN_FILE:-}" ]; then KONNECT_TOKEN=$(<"$KONNECT_TOKEN_FILE"); fi
  [[ ${KONNECT_TOKEN:-} =~ ^[A-Za-z0-9._~+/=-]+$ ]] || fail "KONNECT_TOKEN is empty or has characters that no token has"
  [[ ${KONNECT_CONTROL_PLANE:-} =~ ^[A-Za-z0-9._-]{1,64}$ ]] || fail "KONNECT_CONTROL_PLANE has to be a name of letters, digits, dots and dashes"
  KONNECT_ADDR=${KONNECT_ADDR:-https://us.api.konghq.com}
}

# Sets control_plane (id), endpoint and telemetry (hosts).
ensure_control_plane() {
  konnect GET "/control-planes?filter%5Bname%5D%5Beq%5D=$KONNECT_CONTROL_PLANE"
  jq --arg name "$KONNECT_CONTROL_PLANE" '[.data[] | select(.name == $name)]' "$work/answer" >"$work/found"
  case $(jq length "$work/found") in
    0)
      jq --null-input --arg name "$KONNECT_CONTROL_PLANE" \
        '{name: $name, cluster_type: "CLUSTER_TYPE_CONTROL_PLANE", auth_type: "pinned_client_certs"}' >"$work/body"
      konnect POST /control-planes "$work/body"
      cp "$work/answer" "$work/plane"
      echo "Made the control plane $KONNECT_CONTROL_PLANE."
      ;;
    1) jq '.[0]' "$work/found" >"$work/plane" ;;
    *) fail "several control planes are called $KONNECT_CONTROL_PLANE" ;;
  esac
  control_plane=$(jq -er .id "$work/plane")
  endpoint=$(jq -er .config.control_plane_endpoint "$work/plane" | sed 's|^https://||; s|[:/].*$||')
  telemetry=$(jq -er .config.telemetry_endpoint "$work/plane" | sed 's|^https://||; s|[:/].*$||')
}

ensure_namespace() {
  kubectl create namespace "$NAMESPACE" --dry-run=client --output yaml | kubectl apply --filename -
}

# The data planes' certificate lives in the cluster; Konnect knows its public half.
ensure_certificate() {
  kube get secret "$CERTIFICATE" --ignore-not-found --output json >"$work/secret"
  if [ -s "$work/secret" ]; then
    jq -er '.data["tls.crt"]' "$work/secret" | base64 -d >"$work/tls.crt"
  else
    openssl req -new -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 1095 \
      -subj "/CN=$KONNECT_CONTROL_PLANE" -keyout "$work/tls.key" -out "$work/tls.crt" 2>/dev/null
    kube create secret tls "$CERTIFICATE" --cert "$work/tls.crt" --key "$work/tls.key" --dry-run=client --output yaml | kube apply --filename -
  fi
  jq --raw-input --slurp '{cert: .}' "$work/tls.crt" >"$work/body"
  konnect GET "/control-planes/$control_plane/dp-client-certificates"
  if jq --exit-status --slurpfile own "$work/body" \
    'def bare: gsub("\\s"; ""); any((.items // .data // [])[]; (.cert | bare) == ($own[0].cert | bare))' "$work/answer" >/dev/null; then return; fi
  konnect POST "/control-planes/$control_plane/dp-client-certificates" "$work/body"
}

# Konnect gets the schema, so that the plugin can be configured there.
ensure_schema() {
  local path="/control-planes/$control_plane/core-entities/plugin-schemas" status=0
  jq --raw-input --slurp '{lua_schema: .}' "$PLUGIN_DIRECTORY/schema.lua" >"$work/body"
  konnect GET "$path/threat-response" || status=$?
  case $status in
    0) konnect PUT "$path/threat-response" "$work/body" ;;
    4) konnect POST "$path" "$work/body" ;;
    *) exit "$status" ;;
  esac
}

# The data planes get the code, a ConfigMap for each folder; too large for the annotation that a plain apply leaves.
ensure_code() {
  local folder name
  : >"$work/folders"
  while read -r folder; do
    name=threat-response${folder:+-${folder//\//-}}
    kube create configmap "$name" --from-file "$PLUGIN_DIRECTORY/$folder" --dry-run=client --output yaml |
      kube apply --server-side --force-conflicts --filename -
    [ -z "$folder" ] || printf '%s %s\n' "$name" "$folder" >>"$work/folders"
  done < <(cd "$PLUGIN_DIRECTORY" && find . -name '*.lua' -printf '%h\n' | sed 's|^\./\{0,1\}||' | sort -u)
}

# Made once; the agent needs the same (`kubectl get secret threat-response-plugin`).
ensure_plugin_secret() {
  local key keys=(ingest-secret feed-secret hash-key)
  kube get secret "$PLUGIN_SECRET" --ignore-not-found --output name >"$work/secret"
  if [ -s "$work/secret" ]; then return; fi
  for key in "${keys[@]}"; do openssl rand -base64 32 | tr -d '\n' >"$work/$key"; done
  kube create secret generic "$PLUGIN_SECRET" "${keys[@]/#/--from-file=$work/}" --dry-run=client --output yaml | kube apply --filename -
}

write_values() {
  jq --null-input --arg image "${KONG_IMAGE:-kong/kong-gateway}" --arg tag "${KONG_TAG:-3.10}" --arg certificate "$CERTIFICATE" \
    --arg endpoint "$endpoint" --arg telemetry "$telemetry" '{
      image: {repository: $image, tag: $tag},
      secretVolumes: [$certificate],
      admin: {enabled: false}, manager: {enabled: false}, ingressController: {enabled: false},
      env: {
        role: "data_plane", database: "off", konnect_mode: "on", vitals: "off", cluster_mtls: "pki", lua_ssl_trusted_certificate: "system",
        cluster_control_plane: "\($endpoint):443", cluster_server_name: $endpoint,
        cluster_telemetry_endpoint: "\($telemetry):443", cluster_telemetry_server_name: $telemetry,
        cluster_cert: "/etc/secrets/\($certificate)/tls.crt", cluster_cert_key: "/etc/secrets/\($certificate)/tls.key"
      }
    }' >"$work/values"
  [ -n "${PLUGIN_DIRECTORY:-}" ] || return 0
  local digest
  digest=$(cd "$PLUGIN_DIRECTORY" && find . -name '*.lua' | sort | xargs sha256sum | sha256sum | cut -c -16)
  jq --arg secret "$PLUGIN_SECRET" --arg digest "$digest" --rawfile folders "$work/folders" '. + {
      podAnnotations: {"threat-response/code": $digest},
      plugins: {configMaps: [{pluginName: "threat-response", name: "threat-response",
        subdirectories: ($folders | split("\n") | map(select(. != "") | split(" ") | {name: .[0], path: .[1]}))}]},
      customEnv: (["ingest-secret", "feed-secret", "hash-key"] | map({
        key: "threat_response_\(gsub("-"; "_"))", value: {valueFrom: {secretKeyRef: {name: $secret, key: .}}}}) | from_entries)
    } | .env.nginx_http_lua_shared_dict = "threat_response 64m"' "$work/values" >"$work/values.all"
  mv "$work/values.all" "$work/values"
}

read_settings
ensure_control_plane
ensure_namespace
ensure_certificate
if [ -n "${PLUGIN_DIRECTORY:-}" ]; then
  [ -f "$PLUGIN_DIRECTORY/schema.lua" ] || fail "there is no schema.lua in $PLUGIN_DIRECTORY; build the plugin first (scripts/build plugin)"
  ensure_schema
  ensure_code
  ensure_plugin_secret
fi
write_values
helm upgrade --install "$RELEASE" kong --repo "$CHART_REPOSITORY" --version "$CHART_VERSION" --namespace "$NAMESPACE" --values "$work/values" --wait
echo "Data planes of $KONNECT_CONTROL_PLANE ($control_plane) run in the namespace $NAMESPACE."
