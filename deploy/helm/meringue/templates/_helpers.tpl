{{- define "meringue.name" -}}
{{- printf "%s-meringue" .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "meringue.labels" -}}
app.kubernetes.io/name: meringue
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end -}}

{{/* The settings that all processes share. */}}
{{- define "meringue.env" -}}
- name: OW_DB
  value: CouchDB
- name: OW_DB_PROTOCOL
  value: {{ .Values.couchdb.protocol | quote }}
- name: OW_DB_HOST
  value: {{ required "couchdb.host" .Values.couchdb.host | quote }}
- name: OW_DB_PORT
  value: {{ .Values.couchdb.port | quote }}
- name: OW_DB_USERNAME
  valueFrom: { secretKeyRef: { name: {{ .Values.couchdb.secret }}, key: username } }
- name: OW_DB_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ .Values.couchdb.secret }}, key: password } }
- name: MERINGUE_COUCHDB_PREFIX
  value: {{ .Values.couchdb.prefix | quote }}
- name: MERINGUE_HOST
  value: 0.0.0.0
- name: MERINGUE_KAFKA_HOSTS
  value: {{ required "kafka.hosts" .Values.kafka.hosts | quote }}
- name: MERINGUE_KAFKA_REPLICATION_FACTOR
  value: {{ .Values.kafka.replicationFactor | quote }}
- name: MERINGUE_KAFKA_TOPIC_PREFIX
  value: {{ .Values.kafka.topicPrefix | quote }}
- name: MERINGUE_KAFKA_TLS
  value: {{ ternary "on" "off" .Values.kafka.tls | quote }}
- name: MERINGUE_KAFKA_SASL
  value: {{ .Values.kafka.sasl | quote }}
{{- if ne .Values.kafka.sasl "off" }}
- name: MERINGUE_KAFKA_USERNAME
  valueFrom: { secretKeyRef: { name: {{ required "kafka.secret" .Values.kafka.secret }}, key: username } }
- name: MERINGUE_KAFKA_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ required "kafka.secret" .Values.kafka.secret }}, key: password } }
{{- end }}
- name: MERINGUE_REGISTRY
  value: {{ .Values.registry.kind | quote }}
- name: MERINGUE_CONSUL_URL
  value: {{ .Values.registry.consulUrl | quote }}
{{- with .Values.registry.secret }}
- name: MERINGUE_CONSUL_TOKEN
  valueFrom: { secretKeyRef: { name: {{ . }}, key: token } }
{{- end }}
- name: MERINGUE_CLUSTER_SIZE
  value: {{ .Values.controller.replicas | quote }}
- name: MERINGUE_PUBLIC_URL
  value: {{ .Values.publicUrl | default (printf "http://%s-api" (include "meringue.name" .)) | quote }}
- name: MERINGUE_LIMITS
  value: {{ .Values.limits | quote }}
{{- with .Values.webHost }}
- name: MERINGUE_WEB_HOST
  value: {{ . | quote }}
{{- end }}
{{- range $name, $value := .Values.env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end -}}
