/** Who is logged in. */
export interface User {
  name: string
}

/** Stands for a request to the application's own API. */
export const freshToken = async () => 'fresh'
