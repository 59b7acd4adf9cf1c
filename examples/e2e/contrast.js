// Runs in the page. Measures the contrast of graphics against their ground (WCAG 2.2, 1.4.11).

/** Returns the contrast, from 1 to 21, of one property of each element that matches `selector`. */
export async function contrasts(page, selector, property, ground) {
  return await page.evaluate(
    ({ selector, property, ground }) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 })
      const pen = canvas.getContext('2d', { willReadFrequently: true })
      const luminance = (color) => {
        pen.clearRect(0, 0, 1, 1)
        pen.fillStyle = color
        pen.fillRect(0, 0, 1, 1)
        const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map((value) => {
          const c = value / 255
          return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
        })
        return 0.2126 * r + 0.7152 * g + 0.0722 * b
      }
      return [...document.querySelectorAll(selector)].map((element) => {
        const a = luminance(getComputedStyle(element)[property])
        const b = luminance(getComputedStyle(element.closest(ground)).backgroundColor)
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
      })
    },
    { selector, property, ground },
  )
}
