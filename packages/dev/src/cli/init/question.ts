/** Word for word as people know it: the skill asks the same. */
export const question: string = `How would you like to create the Auth0 API resource?
1. **Automated** — I'll run Auth0 CLI scripts that create the resource and write the exact values to your \`.env\` automatically.
2. **Manual** — You create the API yourself in the Auth0 Dashboard (or via \`auth0 apis create\`) and provide me the Domain and Audience.

Which do you prefer? (1 = Automated / 2 = Manual)`
