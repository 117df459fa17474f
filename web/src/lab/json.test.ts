import fc from 'fast-check'
import { isSafeNumber, parse } from 'lossless-json'
import { expect, test } from 'vitest'
import { readJson } from '@/lab/json'

const careful = (text: string): unknown =>
  parse(text, undefined, (number) => (isSafeNumber(number) ? Number(number) : number))

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 19 })
const written = fc.tuple(fc.boolean(), digits, fc.option(digits)).map(([negative, whole, part]) => {
  const number = whole.replace(/^0+(?=\d)/, '')
  return `${negative ? '-' : ''}${number}${part === null ? '' : `.${part}`}`
})

test('whatever number is written, the quick parser says what the careful one says', () => {
  fc.assert(
    fc.property(fc.array(written, { minLength: 1, maxLength: 4 }), (numbers) => {
      const text = `{"a":[${numbers.join(',')}],"b":${numbers[0]}}`
      expect(readJson(text)).toEqual(careful(text))
    }),
  )
})

test('microseconds of these years are numbers', () => {
  expect(readJson('{"timestamp":1795305601234567}')).toEqual({ timestamp: 1_795_305_601_234_567 })
})
