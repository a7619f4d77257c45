import { describeContract } from '../packages/sallyport/test/support/contract.ts'
import { stacks } from './src/stacks.ts'

describeContract(stacks)
