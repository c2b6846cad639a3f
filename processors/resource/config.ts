import { z } from 'zod'
import { attributeActions } from '../../src/actions/config.ts'

export const config = z.strictObject({
  attributes: attributeActions().describe('Changes of the resource, made in their order.'),
})
