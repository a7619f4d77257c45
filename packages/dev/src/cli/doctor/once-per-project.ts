import type { Project } from './project.js'

/** Lets many rules share what is looked up once; a project that is read anew is looked up anew. */
export function oncePerProject<Result>(lookUp: (project: Project) => Promise<Result>): typeof lookUp {
  const known = new WeakMap<Project, Promise<Result>>()
  return (project) => {
    const result = known.get(project) ?? lookUp(project)
    known.set(project, result)
    return result
  }
}
