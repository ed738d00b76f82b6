/** The library: what the command is made of, for programs of your own. */
export { CaptureError, type CaptureFault } from './capture/errors.ts';
export { INET_LRO_DEFAULTS, type InetLroOptions } from './coalesce/inet-lro.ts';
export { REASONS, type Reason } from './coalesce/reason.ts';
export { loadProfile, readProfile } from './cost/load-profile.ts';
export type { PollSpec } from './nic/poll.ts';
export { type CoalesceStats, coalesce, type EngineName } from './replay/coalesce.ts';
export { type ConfigurationSetup, studySetups } from './replay/configurations.ts';
export type { ResultRecord } from './replay/result.ts';
export { openSession, type Session, type SessionOptions } from './replay/session.ts';
export { type StudyOptions, study } from './replay/study.ts';
