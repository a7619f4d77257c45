/** Apart from its command, so that it is there at once. */
export const help = `Usage: sallyport dev [options] [-- <command>]

Runs a local, Auth0-compatible tenant for development, on this machine only. With a command it runs
your API beside it, with AUTH0_DOMAIN and AUTH0_AUDIENCE: sallyport dev -- node server.js

Options:
  --port <number>        where it listens; default as in AUTH0_DOMAIN=localhost:<port>, or 4490;
                         0 takes a free one
  --seed <file>          what there is to begin with; default sallyport.tenant.json, if there is one
  --persist[=folder]     keeps changes, in .auth unless a folder is named
  --reset                forgets what was kept, and begins anew
  --strict-client-scope  narrows client credentials to their scope; Auth0 gives all that is granted
  --faults               lets POST /faults make the tenant fail, to test what your API does then
  --json                 prints events, one JSON object per line: ready, exited

Ctrl-C ends it, and the key "r" resets it to its seed.

Exit codes: 0 ended, or that of the command (128+n where a signal ended it), 1 failed, such as a
mistake in the seed, 2 usage, 4 the port is taken.
`
