/** At once where it is at hand: a promise for each chunk of a capture would take longer than its packets. */
export type Later<Value> = Value | Promise<Value>;
