# frozen_string_literal: true

require 'fluent/plugin/filter'
require_relative 'log_line'

module Fluent
  module Plugin
    # `@type log_line`: see log_line.rb. A line that says when it was written has that time. The document has it as well, so
    # that a dead letter is whole.
    class LogLineFilter < Filter
      Fluent::Plugin.register_filter('log_line', self)

      def filter_with_time(_tag, time, record)
        own_time, document = LogLine.document(record)
        written = own_time || Time.at(time.sec, time.nsec, :nsec)
        document['@timestamp'] = written.utc.iso8601(9)
        [Fluent::EventTime.from_time(written), document]
      end
    end
  end
end
