import { STATUS } from '../packet/table.ts';
import { REASON } from './reason.ts';

/** Callback rejections by decoder status, in the order of the driver's header callback. */
export const REJECTION: Int8Array = (() => {
  const reasons = new Int8Array(8).fill(-1);
  reasons[STATUS.BAD_FRAME] = REASON['bad-header'];
  reasons[STATUS.NOT_IP] = REASON['not-ipv4'];
  reasons[STATUS.NOT_TCP] = REASON['not-tcp'];
  reasons[STATUS.IP_FRAGMENT] = REASON['ip-fragment'];
  reasons[STATUS.BAD_HEADER] = REASON['bad-header'];
  reasons[STATUS.SHORT_IP_LENGTH] = REASON['bad-header'];
  return reasons;
})();
