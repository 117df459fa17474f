/** How and where passing messages are shown, in whichever frame. */
export const TOASTS = {
  position: 'bottom-right',
  gap: 8,
  toastOptions: {
    classNames: {
      toast: 'bg-raised! border-line! text-text! shadow-float! text-sm!',
      success: '[&_[data-icon]]:text-up',
      error: '[&_[data-icon]]:text-down',
    },
  },
} as const
