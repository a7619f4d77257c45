type Metadata = Readonly<Record<string, unknown>>

/** Merges at the first level; a member that is `null` goes away. */
export function changedMetadata(metadata: Metadata | undefined, changes: Metadata): Metadata {
  return Object.fromEntries(Object.entries({ ...metadata, ...changes }).filter(([, value]) => value !== null))
}
