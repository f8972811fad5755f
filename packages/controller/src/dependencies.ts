import type {
  ActionCatalogue,
  ActivationFeed,
  ActivationStore,
  Admit,
  AdmitWebCall,
  Authenticator,
  ByteBudget,
  ChangeFeed,
  Clock,
  Dispatcher,
  EnclosingActivations,
  EntityStore,
  Ids,
  InFlight,
  Manifest,
  NamespaceOwners,
  ParameterLocks,
  RunningLogs,
  StoreLevels,
  SystemLimits,
} from "@meringue/core";

/** What the API is made of. The server's composition root brings it. */
export interface AppDependencies {
  readonly entities: EntityStore;
  readonly activations: ActivationStore;
  readonly dispatcher: Dispatcher;
  /** What was handed to it, or to an earlier process of it, and has no result yet. */
  readonly inFlight: InFlight;
  /** What tells of activations while they run, whoever runs them. Is told here of triggers. */
  readonly feed: ActivationFeed;
  /** What those print that the dispatcher was given. */
  readonly running: RunningLogs;
  /** The runs of sequences and compositions; whoever made them closes them, before the dispatcher. */
  readonly enclosings: EnclosingActivations;
  readonly authenticator: Authenticator;
  /** Whose each namespace is: web actions are run for them. */
  readonly owners: NamespaceOwners;
  /** Count calls that run actions, and that fire triggers, against the caller's limits; without them nothing is counted. */
  readonly admitInvocation?: Admit;
  readonly admitFire?: Admit;
  /** Counts a call of a web action against its owner's limits; without it nothing is counted. */
  readonly admitWebCall?: AdmitWebCall;
  /** What the bodies and answers of calls count among while they are held; without it there is no bound. */
  readonly budget?: ByteBudget;
  /** Which records are kept; all, unless told. Of what runs in containers that is up to the dispatcher. */
  readonly storeLevels?: StoreLevels;
  /** What the parameters of actions and packages are stored under; without it they are stored as they come. */
  readonly parameterLocks?: ParameterLocks;
  /** Domain whose subdomains are namespaces' own hosts: `NAMESPACE.DOMAIN/x` is the web action path `/NAMESPACE/x`. */
  readonly webHost?: string;
  /** Actions, through memory: the one that everybody in the process shares. */
  readonly catalogue: ActionCatalogue;
  /** Told of every entity that is written here. */
  readonly changes: ChangeFeed;
  readonly manifest: Manifest;
  readonly limits: SystemLimits;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly build: BuildInfo;
  readonly logger: Logger;
  /**
   * Whether `/invokers`, `/activation` and `/disable` are served on the public address; they are unless told otherwise. The
   * first two need no credentials and name what tenants run: not for an address that strangers reach.
   */
  readonly operatorRoutes?: boolean;
  /** Who may call `POST /disable`. */
  readonly admin: { readonly username: string; readonly password: string };
  /** Kinds that every namespace may use although its limits restrict it; none given and none in its limits: all. */
  readonly allowedKinds?: readonly string[];
  /** True: other namespaces may run the actions of a shared package, but not read them. */
  readonly sharedPackagesExecuteOnly?: boolean;
  /** Bytes that a zip archive may claim to unpack to; 512 MiB unless told. */
  readonly maxUnpackedBytes?: number;
  /** The invokers, in order. */
  invokerStatus(): readonly InvokerStatus[];
  /** Takes no more work: what `POST /disable` does. */
  disable(): void;
}

/** One invoker as `GET /invokers` shows it. */
export interface InvokerStatus {
  /** `invoker0/0`. */
  readonly name: string;
  readonly status: "up" | "unhealthy" | "unresponsive" | "down";
}

/** What `GET /api/v1` says of the build. */
export interface BuildInfo {
  /** When it was built, in any format. */
  readonly date: string;
  readonly number: string;
}

/** The part of a logger (pino's, for one) that the API needs. */
export interface Logger {
  debug(fields: object, message: string): void;
  error(fields: object, message: string): void;
  isLevelEnabled(level: string): boolean;
}
