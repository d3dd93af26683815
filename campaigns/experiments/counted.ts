/** An arm as it stands: how many people are in it, and how many of them did what the experiment asks for. */
export type Counted = { people: number; converted: number }
