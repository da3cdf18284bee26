/** The kind of a plugin's parameter, as `config_param` has it. */
type Kind = 'string' | 'bool' | 'integer' | 'time' | 'size' | 'array' | 'regexp' | 'float' | readonly string[];

/**
 * Parameters of the plugins that the configuration uses, from their documentation and source: Fluentd 1.19
 * (https://docs.fluentd.org) and the plugins of its Kubernetes image v1.19-debian-elasticsearch9. Those that the
 * configuration does not use are left out.
 */
export const fluentdParameters: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  // https://docs.fluentd.org/input/tail
  'source tail': {
    path: 'string',
    exclude_path: 'array',
    pos_file: 'string',
    tag: 'string',
    read_from_head: 'bool',
    refresh_interval: 'time',
    follow_inodes: 'bool',
    rotate_wait: 'time',
    read_bytes_limit_per_second: 'size',
    emit_unmatched_lines: 'bool',
  },
  // https://docs.fluentd.org/parser/regexp
  'parse regexp': { expression: 'regexp', time_format: 'string' },
  // fluent-plugin-concat 2.6
  'filter concat': {
    key: 'string',
    separator: 'string',
    use_partial_cri_logtag: 'bool',
    partial_cri_logtag_key: 'string',
    partial_cri_stream_key: 'string',
    stream_identity_key: 'string',
    use_first_timestamp: 'bool',
    flush_interval: 'time',
    timeout_label: 'string',
  },
  // https://docs.fluentd.org/output/relabel
  'match relabel': {},
  // fluent-plugin-detect-exceptions 0.0.16
  'match detect_exceptions': {
    message: 'string',
    stream: 'string',
    remove_tag_prefix: 'string',
    force_line_breaks: 'bool',
    multiline_flush_interval: 'time',
    max_lines: 'integer',
    max_bytes: 'integer',
  },
  // fluent-plugin-kubernetes_metadata_filter 3.8
  'filter kubernetes_metadata': {
    skip_namespace_metadata: 'bool',
    skip_container_metadata: 'bool',
    skip_master_url: 'bool',
    allow_orphans: 'bool',
    watch: 'bool',
    cache_size: 'integer',
  },
  // observability/files/fluentd/filter_log_line.rb
  'filter log_line': {},
  // fluent-plugin-prometheus 2.2
  'filter prometheus': {},
  metric: { name: 'string', type: ['counter', 'gauge', 'summary', 'histogram'], desc: 'string' },
  'source prometheus': { bind: 'string', port: 'integer', metrics_path: 'string' },
  'source prometheus_output_monitor': { interval: 'time' },
  // https://docs.fluentd.org/filter/record_transformer
  'filter record_transformer': { enable_ruby: 'bool', renew_record: 'bool' },
  // fluent-plugin-elasticsearch 6.0: README.ElasticsearchGenID.md and README.md
  'filter elasticsearch_genid': { hash_id_key: 'string' },
  'match elasticsearch': {
    hosts: 'string',
    user: 'string',
    password: 'string',
    ca_file: 'string',
    ssl_version: ['SSLv23', 'TLSv1', 'TLSv1_1', 'TLSv1_2', 'TLSv1_3'],
    index_name: 'string',
    write_operation: ['index', 'create', 'update', 'upsert'],
    id_key: 'string',
    remove_keys: 'string',
    include_timestamp: 'bool',
    log_es_400_reason: 'bool',
    suppress_type_name: 'bool',
    verify_es_version_at_startup: 'bool',
    default_elasticsearch_version: 'integer',
    reload_connections: 'bool',
    reload_on_failure: 'bool',
    reconnect_on_error: 'bool',
    request_timeout: 'time',
    bulk_message_request_threshold: 'size',
    unrecoverable_error_types: 'array',
  },
  // https://docs.fluentd.org/configuration/buffer-section and https://docs.fluentd.org/buffer/file
  'buffer file': {
    path: 'string',
    chunk_limit_size: 'size',
    total_limit_size: 'size',
    flush_mode: ['lazy', 'interval', 'immediate', 'default'],
    flush_interval: 'time',
    flush_thread_count: 'integer',
    overflow_action: ['throw_exception', 'block', 'drop_oldest_chunk'],
    retry_type: ['exponential_backoff', 'periodic'],
    retry_wait: 'time',
    retry_exponential_backoff_base: 'float',
    retry_max_interval: 'time',
    retry_randomize: 'bool',
    retry_timeout: 'time',
  },
  // https://docs.fluentd.org/output/secondary_file
  'secondary secondary_file': { directory: 'string', basename: 'string' },
  // https://docs.fluentd.org/deployment/system-config
  system: { log_level: ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] },
  log: { format: ['text', 'json'], time_format: 'string' },
};

const forms: Readonly<Record<Exclude<Kind, readonly string[]>, RegExp>> = {
  string: /./,
  bool: /^(true|false)$/,
  integer: /^\d+$/,
  float: /^\d+(\.\d+)?$/,
  time: /^\d+[smhd]$/,
  size: /^\d+[KMGT]B$/,
  array: /./,
  regexp: /^\/.+\/[im]*$/,
};

/** Whether a value may be one of that kind. An expression in Ruby is only known when it is run. */
export const fits = (kind: Kind, value: string): boolean =>
  value.startsWith('"#{') || (typeof kind === 'string' ? forms[kind].test(value) : kind.includes(value));
