{{- define "muster.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Short enough for what is put after it: names of pods' labels have at most 63 characters. */}}
{{- define "muster.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "muster.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "muster.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "muster.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "muster.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "muster.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{- printf "%s@%s" .repository .digest -}}
{{- else -}}
{{- printf "%s:%s" .repository (default $.Chart.AppVersion .tag) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Of a component: include "muster.selector" (dict "root" $ "component" "api") */}}
{{- define "muster.selector" -}}
app.kubernetes.io/name: {{ include "muster.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "muster.labels" -}}
{{ include "muster.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* The secrets that the values hold themselves, as data of a Secret: of the database alone, or all. */}}
{{- define "muster.secretOfDatabase" -}}
{{- if not .Values.database.existingSecret }}
database-username: {{ .Values.database.username | b64enc | quote }}
database-password: {{ .Values.database.password | b64enc | quote }}
{{- end }}
{{- end -}}

{{- define "muster.secret" -}}
{{- include "muster.secretOfDatabase" . }}
{{- if and .Values.kafka.sasl.mechanism (not .Values.kafka.sasl.existingSecret) }}
kafka-jaas: {{ include "muster.jaas" . | b64enc | quote }}
{{- end }}
{{- if and .Values.owner.token (not .Values.owner.existingSecret) }}
owner-token: {{ .Values.owner.token | b64enc | quote }}
{{- end }}
{{- end -}}

{{- define "muster.jaas" -}}
{{- with .Values.kafka.sasl -}}
{{- if hasPrefix "SCRAM-" .mechanism -}}
org.apache.kafka.common.security.scram.ScramLoginModule required username={{ .username | quote }} password={{ .password | quote }};
{{- else if eq .mechanism "PLAIN" -}}
org.apache.kafka.common.security.plain.PlainLoginModule required username={{ .username | quote }} password={{ .password | quote }};
{{- else -}}
{{- fail (printf "kafka.sasl.mechanism %s takes no user and password: give the line of sasl.jaas.config in kafka.sasl.existingSecret" .mechanism) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "muster.variable" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
{{- end -}}

{{/* Variables of the database. secret: the name of the Secret that holds what the values say themselves. */}}
{{- define "muster.databaseVariables" -}}
{{- $database := .root.Values.database -}}
{{- $secret := default .secret $database.existingSecret -}}
{{- if and $database.existingSecret $database.urlKey }}
{{ include "muster.variable" (dict "name" "SPRING_DATASOURCE_URL" "secret" $secret "key" $database.urlKey) }}
{{- else }}
- name: SPRING_DATASOURCE_URL
  value: {{ required "Set database.url to the JDBC URL of Postgres, or database.existingSecret and database.urlKey" $database.url | quote }}
{{- end }}
{{ include "muster.variable" (dict "name" "SPRING_DATASOURCE_USERNAME" "secret" $secret "key" (ternary $database.usernameKey "database-username" (ne $database.existingSecret ""))) }}
{{ include "muster.variable" (dict "name" "SPRING_DATASOURCE_PASSWORD" "secret" $secret "key" (ternary $database.passwordKey "database-password" (ne $database.existingSecret ""))) }}
{{- end -}}

{{- define "muster.kafkaVariables" -}}
{{- with .Values.kafka }}
- name: SPRING_KAFKA_BOOTSTRAP_SERVERS
  value: {{ required "Set kafka.bootstrapServers to the addresses of Kafka" .bootstrapServers | quote }}
{{- if .securityProtocol }}
- name: SPRING_KAFKA_SECURITY_PROTOCOL
  value: {{ .securityProtocol }}
{{- end }}
{{- if and .sasl.existingSecret (not .sasl.mechanism) }}
{{- fail "Set kafka.sasl.mechanism to the one that the line in kafka.sasl.existingSecret is for" }}
{{- end }}
{{- if .sasl.mechanism }}
- name: SPRING_KAFKA_PROPERTIES_SASL_MECHANISM
  value: {{ .sasl.mechanism }}
{{ include "muster.variable" (dict "name" "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG" "secret" (default (include "muster.fullname" $) .sasl.existingSecret) "key" (ternary .sasl.jaasKey "kafka-jaas" (ne .sasl.existingSecret ""))) }}
{{- end }}
{{- if .tls.existingSecret }}
- name: SPRING_KAFKA_SSL_TRUSTSTORETYPE
  value: PEM
- name: SPRING_KAFKA_SSL_TRUSTSTORELOCATION
  value: file:/run/secrets/kafka/{{ .tls.caKey }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Variables of api and dispatcher. */}}
{{- define "muster.variables" -}}
{{- include "muster.databaseVariables" (dict "root" . "secret" (include "muster.fullname" .)) }}
{{- include "muster.kafkaVariables" . }}
- name: MUSTER_FEED_PREFIX
  value: {{ .Values.feed.prefix | quote }}
{{- with .Values.feed.retention }}
- name: MUSTER_FEED_RETENTION
  value: {{ . | quote }}
{{- end }}
- name: SERVER_PORT
  value: "8080"
{{- end -}}

{{- define "muster.podSecurity" -}}
runAsNonRoot: true
{{- with .Values.runAsUser }}
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "muster.containerSecurity" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
readOnlyRootFilesystem: true
{{- end -}}

{{/* /tmp takes Tomcat's work directory, the libraries that Kafka's compression unpacks, and the trace of a start that fails. */}}
{{- define "muster.mounts" -}}
- name: tmp
  mountPath: /tmp
{{- if .Values.database.tls.existingSecret }}
- name: database-tls
  mountPath: /run/secrets/database
  readOnly: true
{{- end }}
{{- if .Values.kafka.tls.existingSecret }}
- name: kafka-tls
  mountPath: /run/secrets/kafka
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "muster.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: 128Mi
{{- if .Values.database.tls.existingSecret }}
- name: database-tls
  secret:
    secretName: {{ .Values.database.tls.existingSecret }}
    defaultMode: 0440
{{- end }}
{{- if .Values.kafka.tls.existingSecret }}
- name: kafka-tls
  secret:
    secretName: {{ .Values.kafka.tls.existingSecret }}
    defaultMode: 0440
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Where a pod runs: no two of a component on one node or in one zone as long as there are others. */}}
{{- define "muster.placement" -}}
topologySpreadConstraints:
{{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "muster.selector" $ | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{/* Egress that every pod needs: names, and Postgres. */}}
{{- define "muster.egressToDatabase" -}}
- ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
- ports:
    {{- range .Values.networkPolicy.databasePorts }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
  {{- with .Values.networkPolicy.databaseTo }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- with .Values.networkPolicy.extraEgress }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "muster.egressToKafka" -}}
- ports:
    {{- range .Values.networkPolicy.kafkaPorts }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
  {{- with .Values.networkPolicy.kafkaTo }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
