Option Explicit

Private Sub Workbook_Open()
    DescribeFormulas
    If WarmUp() Then CalculateOnce
End Sub
