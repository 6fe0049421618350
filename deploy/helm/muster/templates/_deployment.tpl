{{/*
The Deployment of a component:
include "muster.deployment" (dict "root" $ "component" "api" "values" .Values.api "ready" "/ready" "variables" "…" "annotations" (dict))
*/}}
{{- define "muster.deployment" -}}
{{- $root := .root -}}
{{- $name := printf "%s-%s" (include "muster.fullname" $root) .component -}}
{{- $least := add 30 (int .values.preStopSeconds) -}}
{{- if lt (int64 .values.terminationGracePeriodSeconds) $least -}}
{{- fail (printf "%s.terminationGracePeriodSeconds must be %d at least: 30 to end, after preStopSeconds" .component $least) -}}
{{- end -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  labels:
    {{- include "muster.labels" . | nindent 4 }}
spec:
  {{- if $root.Values.stopped }}
  replicas: 0
  {{- else if not (dig "autoscaling" "enabled" false .values) }}
  replicas: {{ .values.replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 1
  selector:
    matchLabels:
      {{- include "muster.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "muster.selector" . | nindent 8 }}
        {{- with .values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        {{- /* A secret that the values hold and that changes begins a rollout. */}}
        checksum/secret: {{ include "muster.secret" $root | sha256sum }}
        {{- with merge (dict) .values.podAnnotations .annotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "muster.serviceAccount" $root }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ .values.terminationGracePeriodSeconds }}
      {{- with $root.Values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        {{- include "muster.podSecurity" $root | nindent 8 }}
      {{- include "muster.placement" . | nindent 6 }}
      containers:
        - name: {{ .component }}
          image: {{ include "muster.image" $root }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          args: [{{ .component }}]
          securityContext:
            {{- include "muster.containerSecurity" $root | nindent 12 }}
          env:
            {{- include "muster.variables" $root | trim | nindent 12 }}
            {{- with .variables }}
            {{- . | nindent 12 }}
            {{- end }}
            {{- with concat $root.Values.extraEnv .values.extraEnv }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          {{- with $root.Values.extraEnvFrom }}
          envFrom:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          ports:
            - name: http
              containerPort: 8080
          startupProbe:
            httpGet: {path: /health, port: http}
            periodSeconds: 5
            timeoutSeconds: 4
            failureThreshold: {{ .values.startupFailureThreshold }}
          readinessProbe:
            httpGet: {path: {{ .ready }}, port: http}
            periodSeconds: 5
            timeoutSeconds: 6
            failureThreshold: 2
          livenessProbe:
            httpGet: {path: /health, port: http}
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          {{- with .values.preStopSeconds }}
          lifecycle:
            preStop:
              sleep:
                seconds: {{ . }}
          {{- end }}
          resources:
            {{- toYaml .values.resources | nindent 12 }}
          volumeMounts:
            {{- include "muster.mounts" $root | nindent 12 }}
      volumes:
        {{- include "muster.volumes" $root | nindent 8 }}
{{- end -}}

{{/* A PodDisruptionBudget of a component, of the same dict. */}}
{{- define "muster.budget" -}}
{{- if .values.podDisruptionBudget.enabled }}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "muster.fullname" .root }}-{{ .component }}
  labels:
    {{- include "muster.labels" . | nindent 4 }}
spec:
  maxUnavailable: {{ .values.podDisruptionBudget.maxUnavailable }}
  # What cannot start does not keep a node from being drained.
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "muster.selector" . | nindent 6 }}
{{- end }}
{{- end -}}
