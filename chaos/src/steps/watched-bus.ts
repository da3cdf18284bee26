import type { EventBus } from '@tributary/service-kit';
import { activity } from './activity.ts';
import { hears, POSITIONS, says, stepName } from './step-name.ts';
import type { StepPoints } from './step-points.ts';
import type { WorkJournal } from './work-journal.ts';

/** A bus with named steps around what `service` publishes and hears. */
export function watchBus(bus: EventBus, service: string, steps: StepPoints, journal: WorkJournal): EventBus {
  return {
    ...bus,
    async publish(event) {
      const end = journal.begin(`order:${event.subject}`);
      const said = says(service, event.type);
      try {
        steps.pass(stepName(said, POSITIONS.beforeBroker));
        await bus.publish(event);
        steps.pass(stepName(said, POSITIONS.afterBroker));
      } finally {
        end();
      }
    },
    subscribe(subscription) {
      bus.subscribe({
        ...subscription,
        async handle(event, delivery) {
          const end = journal.begin(`order:${event.subject}`);
          if (delivery.attempt > 1) journal.note('redelivered');
          const begun = { name: hears(service, event.type), hasEffect: false, transactionsLeft: 1 };
          try {
            await activity.run(begun, () => subscription.handle(event, delivery));
            if (!begun.hasEffect) journal.note('repeated');
          } finally {
            end();
          }
        },
      });
    },
  };
}
