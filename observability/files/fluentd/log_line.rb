# frozen_string_literal: true

require 'json'
require 'time'

# What the line of a container becomes as a document. The documents have the fields that
# files/elasticsearch/mappings.ts knows, and no others: Elasticsearch refuses a document with any other.
module LogLine
  # A longer text is cut.
  MAX_BYTES = 1024 * 1024
  # What our services write as a field of its own, and what it has to be. Anything else of a line stays below `fields`.
  TEXT = ->(value) { value if value.is_a?(String) && value.bytesize <= 8191 }
  TEXTS = ->(value) { value.join("\n") if value.is_a?(Array) && value.all?(String) }
  NUMBER = ->(value) { Float(value, exception: false) if value.is_a?(String) || value.is_a?(Numeric) }
  INTEGER = ->(value) { Integer(value, exception: false) if value.is_a?(String) || value.is_a?(Integer) }
  HEX = ->(length) { ->(value) { value if value.is_a?(String) && value.match?(/\A\h{#{length}}\z/) } }
  FIELDS = {
    'level' => TEXT, 'service' => TEXT, 'trace_id' => HEX[32], 'span_id' => HEX[16], 'request_id' => TEXT,
    'operation' => TEXT, 'operation_type' => TEXT, 'client' => TEXT, 'client_version' => TEXT, 'line' => TEXT,
    'user' => TEXT,
    'method' => TEXT, 'route' => TEXT, 'transport' => TEXT, 'outcome' => TEXT, 'code' => TEXT, 'ended' => TEXT,
    'close_code' => TEXT, 'limit' => TEXT, 'shed' => TEXT, 'status' => INTEGER, 'errors' => INTEGER, 'results' => INTEGER,
    'duration_ms' => NUMBER, 'open_ms' => NUMBER, 'cost' => NUMBER,
    'document' => TEXT, 'subgraph' => TEXT, 'event_id' => TEXT, 'event_type' => TEXT, 'order_id' => TEXT,
    'payment_id' => TEXT, 'session_id' => TEXT, 'audit_event' => TEXT, 'audit_outcome' => TEXT, 'audit_by' => TEXT,
    'plan' => TEXTS
  }.freeze
  ERROR = { 'type' => TEXT, 'code' => TEXT, 'message' => TEXT }.freeze
  KUBERNETES = %w[namespace_name pod_name pod_id container_name container_image host labels].freeze

  module_function

  # A record of the source (message, or unmatched_line; stream, kubernetes) becomes [its own time or nil, a document].
  def document(record)
    text, truncated = readable(record['message'] || record['unmatched_line'])
    parsed = object_of(text)
    time, document = ours?(parsed) ? of_service(parsed) : [nil, of_others(text, parsed)]
    document['format'] = 'unparsed' if record.key?('unmatched_line')
    document['truncated'] = true if truncated
    document['stream'] = record['stream'].dup.force_encoding(Encoding::UTF_8) if record['stream']
    document['kubernetes'] = record['kubernetes'].slice(*KUBERNETES) if record['kubernetes']
    [time, document]
  end

  # Bytes as text: what is no UTF-8 is replaced. Bytes of one character may have been apart until the line was joined.
  def readable(bytes)
    text = bytes.to_s.dup.force_encoding(Encoding::UTF_8)
    return [text.scrub("\uFFFD"), false] if text.bytesize <= MAX_BYTES

    [text.byteslice(0, MAX_BYTES).scrub("\uFFFD"), true]
  end

  def object_of(text)
    return nil unless text.start_with?('{')

    parsed = JSON.parse(text, max_nesting: 20)
    parsed.is_a?(Hash) ? parsed : nil
  rescue JSON::ParserError
    nil
  end

  def ours?(parsed)
    !parsed.nil? && %w[time level service message].all? { |key| parsed[key].is_a?(String) }
  end

  def of_service(parsed)
    rest = parsed.dup
    document = { 'format' => 'service', 'message' => rest.delete('message') }
    time = time_of(rest['time'])
    rest.delete('time') if time
    document.merge!(taken(rest, FIELDS))
    error = rest['err'].is_a?(Hash) ? error_of(rest.delete('err')) : nil
    document['err'] = error if error
    document['fields'] = rest unless rest.empty?
    [time, document]
  end

  def of_others(text, parsed)
    return { 'format' => 'text', 'message' => text } if parsed.nil?

    key = %w[message msg].find { |name| parsed[name].is_a?(String) }
    return { 'format' => 'json', 'message' => text } if key.nil?

    rest = parsed.reject { |name, _| name == key }
    { 'format' => 'json', 'message' => parsed[key], 'fields' => rest }
  end

  def error_of(raw)
    rest = raw.dup
    error = taken(rest, ERROR)
    stack = rest.delete('stack')
    error['stack'] = Array(stack).join("\n") if stack
    error['cause'] = rest.delete('cause') if rest['cause'].is_a?(Hash)
    error['fields'] = rest unless rest.empty?
    error
  end

  # What fits, taken out of `rest`.
  def taken(rest, kinds)
    kinds.each_with_object({}) do |(name, convert), found|
      value = convert.call(rest[name])
      next if value.nil?

      found[name] = value
      rest.delete(name)
    end
  end

  def time_of(text)
    Time.iso8601(text)
  rescue ArgumentError
    nil
  end
end
