/** A copy of a column with a value a flow that has room for flow `index`, at least twice as long; new values are 0. */
export function grown(values: Float64Array<ArrayBuffer>, index: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.max(index + 1, values.length * 2));
  larger.set(values);
  return larger;
}
