/** The wall clock of a tenant, which a fault can set wrong. */
export interface TenantClock {
  nowSeconds(): number
  /** Seconds that the tenant's clock is ahead of the machine's. */
  skew(seconds: number): void
}

export function createTenantClock(): TenantClock {
  let ahead = 0
  return {
    nowSeconds: () => Math.floor(Date.now() / 1000) + ahead,
    skew: (seconds) => {
      ahead = seconds
    },
  }
}
