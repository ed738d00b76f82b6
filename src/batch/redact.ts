/** A text with the user and password of every Redis URL in it taken out: for messages and provenance. */
export function withoutPassword(text: string): string {
  return text.replace(/(rediss?:\/\/)[^@/\s]*@/g, '$1…@');
}
