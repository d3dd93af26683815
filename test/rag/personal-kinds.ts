/** Kinds of node of the graph that are about one person. */
export const personal = new Set([
  'person',
  'identifier',
  'organisation',
  'order',
  'subscription',
  'event',
  'consent',
  'message',
])
