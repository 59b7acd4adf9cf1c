import { cleanup } from '@testing-library/react'
import { afterEach, beforeEach, vi } from 'vitest'

beforeEach(() => {
  // React schedules as it does for users, but for what a test wraps in act().
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false)
})

afterEach(cleanup)
