import { describeContract } from '../support/contract.js'
import { stacks } from '../support/stacks.js'

describeContract(stacks)
