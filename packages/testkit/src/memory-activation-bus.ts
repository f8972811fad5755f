import {
  type Acknowledgement,
  type ActivationBus,
  type ActivationReceiver,
  type ActivationSender,
  type ReceivedActivation,
  TooLarge,
  type TravellingActivation,
  travelling,
} from "@meringue/core";

/** A bus in this process, which keeps what was not taken for as long as it lives. */
export interface MemoryActivationBus extends ActivationBus {
  /** Everything that was ever sent to an invoker, oldest first. */
  sentTo(invoker: number): readonly TravellingActivation[];
}

export interface MemoryBusOptions {
  /** Bytes of JSON that a message may have. */
  readonly maxBytes?: number;
}

interface Letter<T> {
  readonly body: T;
  readonly sentAt: number;
  settled: boolean;
}

/** An {@link ActivationBus} without a broker. What is delivered is delivered in a later turn of the loop. */
export function memoryActivationBus({ maxBytes = 1024 * 1024 }: MemoryBusOptions = {}): MemoryActivationBus {
  const inboxes = new Map<number, Inbox<TravellingActivation>>();
  const answers = new Map<string, Inbox<Acknowledgement>>();
  const inboxOf = (invoker: number): Inbox<TravellingActivation> => entry(inboxes, invoker);
  const answersFor = (controller: string): Inbox<Acknowledgement> => entry(answers, controller);
  const bytesOf = (message: unknown): number => Buffer.byteLength(JSON.stringify(message));

  async function openSender(controller: string): Promise<ActivationSender> {
    const inbox = answersFor(controller);
    const listeners = new Set<(acknowledgement: Acknowledgement) => void>();
    const reader = inbox.open((letter) => {
      letter.settled = true;
      for (const listener of listeners) listener(letter.body);
    });
    return {
      controller,
      async send(invoker, message, options) {
        const sent = structuredClone(travelling(message, controller, options));
        if (bytesOf(sent) > maxBytes) throw new TooLarge("the message is too large for the bus");
        inboxOf(invoker).add(sent);
      },
      onAcknowledgement(listener) {
        listeners.add(listener);
        reader.resume();
        return () => listeners.delete(listener);
      },
      lag: () => inbox.unsettled(),
      close: async () => reader.close(),
    };
  }

  async function openReceiver(invoker: number): Promise<ActivationReceiver> {
    const inbox = inboxOf(invoker);
    const takers = new Set<(received: ReceivedActivation) => void>();
    const seen = new Set<string>();
    const old = new Set(inbox.letters);
    const reader = inbox.open((letter) => {
      const settle = (): void => void (letter.settled = true);
      if (seen.has(letter.body.activationId)) return settle();
      seen.add(letter.body.activationId);
      const { body: activation, sentAt } = letter;
      const received = { activation, redelivered: old.has(letter), sentAt, held: reader.held, settle };
      for (const taker of takers) taker(received);
    });
    return {
      invoker,
      onActivation(taker) {
        takers.add(taker);
        reader.resume();
        return () => {
          takers.delete(taker);
          if (takers.size === 0) reader.pause();
        };
      },
      pause: reader.pause,
      resume: reader.resume,
      lag: () => inbox.unsettled(),
      async acknowledge(controller, acknowledgement) {
        const { activation, ...rest } = { activation: undefined, ...acknowledgement };
        const small = { ...rest, ...(acknowledgement.kind === "completion" ? {} : { activation: undefined }) };
        const fits = bytesOf(activation ?? null) <= maxBytes;
        answersFor(controller).add(structuredClone(fits ? acknowledgement : (small as Acknowledgement)));
      },
      close: async () => reader.close(),
    };
  }

  return { openSender, openReceiver, sentTo: (invoker) => inboxOf(invoker).letters.map(({ body }) => body) };
}

interface Inbox<T> {
  readonly letters: readonly Letter<T>[];
  add(body: T): void;
  unsettled(): number;
  /** Reads what is not settled once nobody before it reads any more; paused at first. */
  open(take: (letter: Letter<T>) => void): Reader;
}

interface Reader {
  pause(): void;
  resume(): void;
  held(): boolean;
  close(): void;
}

function inbox<T>(): Inbox<T> {
  const letters: Letter<T>[] = [];
  const readers: { readonly read: () => void }[] = [];
  const readSoon = (): void => void setImmediate(() => readers[0]?.read());
  return {
    letters,
    add(body) {
      letters.push({ body, sentAt: Date.now(), settled: false });
      readSoon();
    },
    unsettled: () => letters.filter(({ settled }) => !settled).length,
    open(take) {
      let paused = true;
      let at = 0;
      const own = {
        read(): void {
          for (; !paused && at < letters.length; at++) {
            const letter = letters[at];
            if (letter !== undefined && !letter.settled) take(letter);
          }
        },
      };
      readers.push(own);
      return {
        pause: () => void (paused = true),
        resume() {
          paused = false;
          readSoon();
        },
        held: () => readers[0] === own,
        close() {
          paused = true;
          const place = readers.indexOf(own);
          if (place >= 0) readers.splice(place, 1);
          readSoon();
        },
      };
    },
  };
}

function entry<K, T>(inboxes: Map<K, Inbox<T>>, key: K): Inbox<T> {
  const found = inboxes.get(key) ?? inbox<T>();
  inboxes.set(key, found);
  return found;
}
