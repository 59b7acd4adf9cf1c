// Unpacks the browser, so that tests that run at the same time find it whole.
import { findBrowser } from './browser.js'

await findBrowser()
