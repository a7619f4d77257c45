import type { Command } from '../command.js'
import { callOptions } from './call-options.js'

export const call: Command = {
  run: async (parameters, terminal) => {
    const options = await callOptions(parameters)
    // Loaded here, so that a mistake in the options is told at once.
    const { makeCall } = await import('./make-call.js')
    return makeCall(options, terminal)
  },
}
