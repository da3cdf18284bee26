# frozen_string_literal: true

# Runs the parser expression of containers.conf and the plugin log_line on what it is given, in plain Ruby.
# In: { "lines": [base64] } or { "records": [{ message | unmatched_line: base64, stream, kubernetes }] }, as JSON.
# Out: [{ time, stream, logtag, message: base64 } or null], or [{ time or null, document }].
require 'json'
require 'time'

FOLDER = File.expand_path('../../../observability/files/fluentd', __dir__)
require "#{FOLDER}/log_line"

CONFIG = File.read("#{FOLDER}/containers.conf")
EXPRESSION = Regexp.new(CONFIG[%r{^\s*expression /(.*)/m$}, 1], Regexp::MULTILINE)
TIME_FORMAT = CONFIG[/^\s*time_format (.*)$/, 1]

def parsed(line)
  match = EXPRESSION.match(line) or return nil
  time = Time.strptime(match[:time], TIME_FORMAT)
  { time: time.utc.iso8601(9), stream: match[:stream], logtag: match[:logtag], message: [match[:message]].pack('m0') }
rescue ArgumentError
  nil
end

def document(record)
  bytes = record.slice('message', 'unmatched_line').transform_values { |text| text.unpack1('m0') }
  time, document = LogLine.document(record.merge(bytes))
  { time: time&.utc&.iso8601(3), document: document }
end

input = JSON.parse($stdin.read)
# As in_tail reads them: bytes.
lines = (input['lines'] || []).map { |line| parsed(line.unpack1('m0')) }
puts JSON.generate(input.key?('lines') ? lines : input['records'].map { |record| document(record) })
