export type { Fault, Faults } from './tenant/faults.js'
export { SeedMistake } from './tenant/seed-file.js'
export type { TenantSeed } from './tenant/seed-schema.js'
export { createTenant, type StartOptions, startTenant, type Tenant, type TenantOptions } from './tenant/tenant.js'
